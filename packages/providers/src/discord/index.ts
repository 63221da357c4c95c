import {
  type AsymmetricKeyInput,
  defineProvider,
  ed25519,
  type JsonObject,
  type Keys,
  type Provider,
} from '@acuse/core'
import type { EventRule } from '@acuse/core/provider-kit'
import { typed } from '../lib/typed.ts'
import { type DiscordEvents, discordInteractionNames, discordWebhookEventNames } from './events.ts'

export type * from './events.ts'
export { discordInteractionNames, discordWebhookEventNames } from './events.ts'

/** Options of {@link discord}. */
export interface DiscordOptions {
  /** A private key instead of the public one, to sign as Discord does: for `createSender` in tests. */
  readonly privateKey?: AsymmetricKeyInput
}

/** Of an interaction its own id; `type` 1 is a PING. */
const interactions = discordInteractionNames.map(
  (name, index): EventRule => ({
    when: [
      { body: 'event.type', exists: false },
      { body: 'type', is: String(index + 2) },
    ],
    type: [{ text: name }],
    idempotencyKey: [{ body: 'id' }],
  }),
)

/**
 * Discord: interactions (commands, components, forms) and webhook events, at one address or at two.
 *
 * Ed25519 over `X-Signature-Timestamp`, the attempt's time, and the raw body, as hex in `X-Signature-Ed25519`. Discord
 * sends wrong signatures on purpose, and takes the address away from whom does not answer 401. Both kinds of PING are
 * answered. An interaction is identified by its `id`, an event by its content. An answer is due within 3 s: an
 * interaction's by `respond` with `ack: 'handled'`, an event's is an empty 204. Events are sent again for up to 10
 * minutes.
 *
 * `discord-api-types` has the types: `discord<{ command: APIApplicationCommandInteraction }>(key)`.
 *
 * As of its documentation, read 2026-11-27: https://docs.discord.com/developers/events/webhook-events and
 * https://docs.discord.com/developers/interactions/overview.
 *
 * @param publicKey the application's «public key», 64 hexadecimal characters, from the General Information page
 * @throws TypeError when the key is missing or no Ed25519 key
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { discord } from '@acuse/providers/discord'
 *
 * const receiver = createReceiver(discord(process.env['DISCORD_PUBLIC_KEY']), { ack: 'handled' })
 * receiver.respond('command', ({ payload }) => ({ type: 4, data: { content: `/${payload.data?.name}` } }))
 */
export function discord<Events extends object = DiscordEvents>(
  publicKey: Keys<AsymmetricKeyInput> | undefined,
  { privateKey }: DiscordOptions = {},
): Provider<Events> {
  const time = { header: 'X-Signature-Timestamp', as: 'unix-seconds' } as const
  const provider = defineProvider<DiscordEvents>({
    name: 'discord',
    path: '/webhooks/discord',
    scheme: ed25519({
      header: 'X-Signature-Ed25519',
      encoding: 'hex',
      publicKey,
      privateKey,
      signs: [time, { raw: 'body' }],
    }),
    events: [...discordInteractionNames, ...discordWebhookEventNames],
    time: { of: 'attempt', value: time, format: 'unix-seconds', required: true },
    eventRules: [
      { when: { body: 'event.type', exists: true }, type: [{ body: 'event.type' }] },
      ...interactions,
    ],
    handshakes: [
      {
        method: 'POST',
        proof: 'scheme',
        // A webhook event is of type 1 too.
        when: [
          { body: 'type', is: '1' },
          { body: 'event.type', exists: false },
        ],
        answer: { json: { type: 1 } },
      },
      {
        method: 'POST',
        proof: 'scheme',
        when: { body: 'type', is: '0' },
        // «You must provide a valid Content-Type when responding to PINGs.»
        answer: { status: 204, headers: { 'content-type': { text: 'application/json' } } },
      },
    ],
    answers: { accepted: { status: 204 } },
    limits: { retriesForMs: 10 * 60_000 + 3_000, ackTimeoutMs: 3_000 },
    sending: {
      // «Several times using exponential backoff», and no table.
      attemptDelaysMs: [0],
      timeoutMs: 3_000,
      samples: async () => (await import('./samples.ts')).samples,
      stamp,
    },
  })
  return typed<Events>(provider)
}

/** Another interaction, or an event of that time. */
function stamp(payload: JsonObject, at: Date): JsonObject {
  if (!('event' in payload)) return { ...payload, id: String(at.getTime()) }
  const event = payload['event'] as JsonObject
  return { ...payload, event: { ...event, timestamp: at.toISOString().slice(0, -1) } }
}
