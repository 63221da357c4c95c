import { publicUrl } from '../../providers/every-provider.ts'
import { headGreeting } from './greetings.ts'
import {
  fieldOf,
  glue,
  grammar,
  headerOf,
  headersOf,
  only,
  type ProviderDraft,
  parametersOf,
  queryOf,
} from './seen.ts'
import { macProof, named, type Secrets, type Sender, secondsOf } from './sender.ts'

const form = 'application/x-www-form-urlencoded'

/** The address as it was given, with the query that came. */
function address(draft: ProviderDraft): string {
  const query = queryOf(draft)
  return query === '' ? publicUrl : `${publicUrl}?${query}`
}

/** Senders that sign the address, or parts of it. */
export function urlSenders({ text }: Secrets): readonly Sender[] {
  return [hubspotSender(text()), mercadoPagoSender(text()), ...bodyAndUrlSenders(text)]
}

function bodyAndUrlSenders(text: () => string): readonly Sender[] {
  const toSender = (name: string, options: Parameters<typeof macProof>[1]): Sender => {
    const secret = text()
    return named(name, secret, macProof(secret, options))
  }
  return [
    toSender('square', {
      header: 'x-square-hmacsha256-signature',
      encoding: 'base64',
      content: (draft) => glue(address(draft), draft.body),
    }),
    {
      ...toSender('trello', {
        hash: 'sha1',
        header: 'x-trello-webhook',
        encoding: 'base64',
        content: (draft) => glue(draft.body, address(draft)),
      }),
      greetings: headGreeting,
    },
    {
      ...toSender('twilio', {
        hash: 'sha1',
        header: 'x-twilio-signature',
        encoding: 'base64',
        content: (draft) => glue(address(draft), sorted(draft.body)),
      }),
      accepted: { status: 200, headers: { 'content-type': 'text/xml' }, body: '<Response/>' },
      mediaTypes: [form],
    },
  ]
}

/** Each pair once, by name and by value. */
function sorted(body: Buffer): string {
  const pairs = [...new URLSearchParams(body.toString())].sort(([a, x], [b, y]) =>
    a === b ? (x < y ? -1 : x > y ? 1 : 0) : a < b ? -1 : 1,
  )
  const isNew = ([name, value]: [string, string], at: number): boolean =>
    pairs[at - 1]?.[0] !== name || pairs[at - 1]?.[1] !== value
  return pairs.filter(isNew).flat().join('')
}

function hubspotSender(secret: string): Sender {
  const time = 'x-hubspot-request-timestamp'
  const proof = macProof(secret, {
    header: 'x-hubspot-signature-v3',
    encoding: 'base64',
    stamps: (at) => ({ [time]: String(at.getTime()) }),
    content: (draft) => glue('POST', address(draft), draft.body, headerOf(draft, time, grammar.ms)),
  })
  return { ...named('hubspot', secret, proof), isBatch: true }
}

/** The id in the query as it came, for a sender that signs it in lower case the ledger is asked twice. */
function mercadoPagoSender(secret: string): Sender {
  const header = 'x-signature'
  const content = (draft: ProviderDraft, toText: (id: string) => string): Buffer | undefined => {
    const ids = parametersOf(draft, 'data.id')
    const id = ids.length === 0 ? '' : only(ids, grammar.id)
    const requests = headersOf(draft, 'x-request-id')
    const request =
      requests.length === 0 || (requests.length === 1 && requests[0] === '') ? '' : only(requests, grammar.id)
    const ts = fieldOf(draft, header, ',', 'ts', grammar.either)
    if (id === undefined || request === undefined || ts === undefined) return undefined
    return glue(id && `id:${toText(id)};`, request && `request-id:${request};`, `ts:${ts};`)
  }
  const proofOf = (toText: (id: string) => string) =>
    macProof(secret, {
      header,
      prefix: 'v1=',
      separator: ',',
      encoding: 'hex',
      fields: (at) => ({ ts: secondsOf(at) }),
      content: (draft) => content(draft, toText),
    })
  const plain = proofOf((id) => id)
  const lower = proofOf((id) => id.toLowerCase())
  return named('mercado-pago', secret, {
    ...plain,
    security: [...plain.security, 'x-request-id'],
    sign(draft, at) {
      // Both are right: each ledger learns of what was signed.
      plain.sign(draft, at)
      const [value] = headersOf(draft, header)
      lower.sign(draft, at)
      if (at.getTime() % 2 === 0 && value !== undefined)
        draft.headers = draft.headers.map(([name, each]) => [name, name === header ? value : each])
    },
    holds: (draft) => plain.holds(draft) || lower.holds(draft),
  })
}
