import { apiKey, defineProvider, type Provider, type Secrets } from '@acuse/core'
import { type MailjetEvents, mailjetEventNames } from './events.ts'

export type * from './events.ts'
export { mailjetEventNames } from './events.ts'

const day = 86_400_000
const retryMs = 30_000

/**
 * Mailjet: what became of e-mails.
 *
 * HTTP Basic authentication, by the user and the password in the address of the endpoint
 * (`https://user:password@app.example.cl/webhooks/mailjet`). **Nothing is signed**: whoever sees one request can make
 * others. Version 1 of the Event API sends one event a request, version 2 a list of those of the last second; both are
 * read. An event is the hash of what is said of it: no field names it, two links that are followed within a second share
 * message and time, and `MessageID` is greater than what JSON keeps. Mailjet retries every 30 s for 24 h.
 *
 * As of its documentation, read 2026-11-27: https://dev.mailjet.com/email/guides/webhooks/ and
 * https://documentation.mailjet.com/hc/en-us/articles/360043578154-Event-Tracking-API.
 *
 * @param userAndPassword `user:password`, or several while one replaces another
 * @throws TypeError when one is missing, empty, short or a placeholder
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { mailjet } from '@acuse/providers/mailjet'
 *
 * const receiver = createReceiver(mailjet(process.env['MAILJET_WEBHOOK_AUTH']))
 * receiver.on('bounce', ({ payload }, { log }) => log.info({ error: payload.error }, 'bounced'))
 */
export function mailjet(userAndPassword: Secrets | undefined): Provider<MailjetEvents> {
  return defineProvider<MailjetEvents>({
    name: 'mailjet',
    path: '/webhooks/mailjet',
    scheme: apiKey({ key: userAndPassword, format: 'basic' }),
    events: mailjetEventNames,
    items: '',
    eventRules: [{ type: [{ body: 'event' }] }],
    // «Our system will retry every 30s and will stop after 24h».
    limits: { retriesForMs: day + retryMs },
    sending: {
      attemptDelaysMs: Array.from({ length: 1 + day / retryMs }, (_, at) => (at === 0 ? 0 : retryMs)),
      timeoutMs: retryMs,
      samples: async () => (await import('./samples.ts')).samples,
      stamp: (payload, at) => ({
        ...payload,
        time: Math.floor(at.getTime() / 1_000),
        Message_GUID: crypto.randomUUID(),
      }),
    },
  })
}
