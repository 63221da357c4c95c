import type { ClerkEvent, ClerkEventName, ClerkEvents } from './events.ts'

function event<Name extends ClerkEventName>(type: Name, data: ClerkEvent<Name>['data']): ClerkEvent<Name> {
  return {
    data,
    event_attributes: { http_request: { client_ip: '192.0.2.1', user_agent: 'Mozilla/5.0' } },
    instance_id: 'ins_123',
    object: 'event',
    timestamp: 1654012591835,
    type,
  }
}

const user = {
  id: 'user_29w83sxmDNGwOuEthce5gg56FcC',
  object: 'user',
  first_name: 'Example',
  last_name: 'Example',
  email_addresses: [{ id: 'idn_29w83yL7CwVlJXylYLxcslromF1', email_address: 'example@example.org' }],
  created_at: 1654012591514,
}

/** Payloads in the form of Clerk's documents, shortened. */
export const samples: Pick<
  ClerkEvents,
  'user.created' | 'user.updated' | 'user.deleted' | 'session.created' | 'organization.created'
> = {
  'user.created': event('user.created', user),
  'user.updated': event('user.updated', { ...user, updated_at: 1654012824306 }),
  'user.deleted': event('user.deleted', { id: user.id, object: 'user', deleted: true }),
  'session.created': event('session.created', {
    id: 'sess_29w9IptNja3mP8GDXpquBwN2qR9',
    object: 'session',
    user_id: user.id,
    status: 'active',
  }),
  'organization.created': event('organization.created', {
    id: 'org_29w9IfBrPmcpi0IeBVaKtA7R94W',
    object: 'organization',
    name: 'Acme Inc',
    slug: 'acme-inc',
  }),
}
