import type { HubspotEvent, HubspotEvents } from './events.ts'

const event = <Name extends string>(name: Name): HubspotEvent<Name> => ({
  eventId: 3_181_526_809,
  subscriptionId: 23_950,
  portalId: 62_515,
  appId: 54_321,
  occurredAt: 1_564_113_600_000,
  subscriptionType: name,
  attemptNumber: 0,
  objectId: 123,
  changeSource: 'CRM',
})

/** In the form of HubSpot's documents. */
export const samples: Partial<HubspotEvents> = {
  'contact.creation': { ...event('contact.creation'), changeFlag: 'NEW' },
  'contact.propertyChange': {
    ...event('contact.propertyChange'),
    propertyName: 'lifecyclestage',
    propertyValue: 'customer',
  },
  'company.deletion': { ...event('company.deletion'), changeFlag: 'DELETED' },
  'object.creation': { ...event('object.creation'), objectTypeId: '0-1' },
}
