import type { DiscordEvents, DiscordWebhookEvent, DiscordWebhookEventName } from './events.ts'

const application_id = '1234560123453231555'
const user = { id: '53908232506183680', username: 'ana', global_name: 'Ana Rojas' }
const interaction = {
  id: '786008729715212338',
  application_id,
  token: 'A_UNIQUE_TOKEN',
  guild_id: '290926798626357999',
  channel_id: '645027906669510667',
  member: { user, roles: ['539082325061836999'], permissions: '2147483647' },
  locale: 'es-419',
  version: 1,
}

function event<Name extends DiscordWebhookEventName>(type: Name, data: object): DiscordWebhookEvent<Name> {
  return {
    version: 1,
    application_id,
    type: 1,
    event: { type, timestamp: '2026-11-25T18:59:16.064834', data: { ...data } },
  }
}

/** In the form of «Receiving and responding» and «Webhook events». */
export const samples: Partial<DiscordEvents> = {
  command: {
    ...interaction,
    type: 2,
    data: { id: '771825006014889984', name: 'boleta', options: [{ name: 'folio', type: 4, value: 42 }] },
  },
  component: { ...interaction, type: 3, data: { custom_id: 'pagar', component_type: 2 } },
  autocomplete: {
    ...interaction,
    type: 4,
    data: {
      id: '771825006014889984',
      name: 'boleta',
      options: [{ name: 'folio', type: 4, value: 4, focused: true }],
    },
  },
  modal: { ...interaction, type: 5, data: { custom_id: 'datos', components: [] } },
  APPLICATION_AUTHORIZED: event('APPLICATION_AUTHORIZED', {
    integration_type: 1,
    scopes: ['applications.commands'],
    user,
  }),
  ENTITLEMENT_CREATE: event('ENTITLEMENT_CREATE', {
    id: '1234505980407808808',
    sku_id: '123489045643835123',
    user_id: user.id,
    type: 4,
    deleted: false,
  }),
}
