import type { XeroEvents } from './events.ts'

const invoice = {
  resourceUrl: 'https://api.xero.com/api.xro/2.0/Invoices/44aa0707-f718-4f1c-8d53-f2da9ca59533',
  resourceId: '44aa0707-f718-4f1c-8d53-f2da9ca59533',
  eventDateUtc: '2018-02-09T09:18:28.917',
  eventCategory: 'INVOICE',
  tenantId: 'e629a03c-7ec6-4913-bf94-bb1bb1e1cb29',
  tenantType: 'ORGANISATION',
}

/** In the form of Xero's documents. */
export const samples: Partial<XeroEvents> = {
  'INVOICE.CREATE': { ...invoice, eventType: 'CREATE' },
  'INVOICE.UPDATE': { ...invoice, eventType: 'UPDATE' },
  'CONTACT.UPDATE': {
    ...invoice,
    resourceUrl: 'https://api.xero.com/api.xro/2.0/Contacts/717f2bfc-c6d4-41fd-b238-3f2f0c0cf777',
    resourceId: '717f2bfc-c6d4-41fd-b238-3f2f0c0cf777',
    eventCategory: 'CONTACT',
    eventType: 'UPDATE',
  },
}
