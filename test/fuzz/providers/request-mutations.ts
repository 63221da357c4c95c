import type { Random } from '../random.ts'
import { textMutations } from '../text-mutations.ts'
import { type ProviderDraft, queryOf, setHeader } from './seen.ts'

/** Changes a request in place, without knowing whose it is. */
export type RequestMutation = (draft: ProviderDraft, random: Random) => void

const methods = [
  'GET',
  'HEAD',
  'OPTIONS',
  'PUT',
  'PATCH',
  'DELETE',
  'post',
  'Post',
  'head',
  'QUERY',
  'POST ',
  '',
  'M-SEARCH',
]
const mediaTypes = [
  'application/json',
  'application/json; charset=utf-8',
  'APPLICATION/JSON',
  'application/json;charset=utf-16',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=iso-8859-1',
  'multipart/form-data; boundary=x',
  'text/plain',
  'text/xml',
  'application/xml',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
  'application/vnd.api+json',
  'application/json, text/html',
  ';;;',
  '*',
  '*/*',
  '__proto__',
  'constructor',
  'x'.repeat(300),
  '',
]
const codings = ['gzip', 'deflate', 'br', 'identity', 'gzip, identity', 'x', '', 'utf-8', 'identity,', 'GZIP']
const lengths = ['0', '-1', '1e999', '99999999999', 'NaN', '10', '1048577', '', ' 1', '0x10']
/** Headers that tell events apart somewhere, and what proxies add. */
export const tellingHeaders: readonly string[] = [
  'content-type',
  'x-event-type',
  'x-event-key',
  'x-github-event',
  'x-github-delivery',
  'x-shopify-topic',
  'x-shopify-event-id',
  'x-gitlab-event',
  'jumpseller-event',
  'linear-delivery',
  'linear-event',
  'idempotency-key',
  'i-twilio-idempotency-token',
  'x-request-id',
  'x-webhook-version',
  'x-session-id',
  'x-amz-sns-message-id',
  'x-amz-sns-message-type',
  'aeg-event-type',
  'ce-id',
  'ce-type',
  'ce-source',
  'ce-specversion',
  'x-slack-retry-num',
  'webhook-request-origin',
  'webhook-id',
  'x-forwarded-for',
  'x-http-method-override',
  'x-original-url',
  'forwarded',
  'transfer-encoding',
  'authorization',
]
const oddTexts = [
  '',
  '0',
  '__proto__',
  'undefined',
  '[object Object]',
  '<script>',
  '%00',
  'a,b',
  'x'.repeat(201),
  'ÿ',
  '{}',
]

const oddText = (random: Random): string =>
  random.chance(0.5) ? random.pick(oddTexts) : random.bytes(1 + random.below(12)).toString('hex')

/** Mutations of method, media type and headers. */
export const requestMutations: Readonly<Record<string, RequestMutation>> = {
  'another method'(draft, random) {
    draft.method = random.pick(methods)
  },
  'another media type': (draft, random) => setHeader(draft, 'Content-Type', random.pick(mediaTypes)),
  'no media type'(draft) {
    draft.headers = draft.headers.filter(([name]) => name.toLowerCase() !== 'content-type')
  },
  'two media types': (draft, random) => draft.headers.push(['content-type', random.pick(mediaTypes)]),
  'a coding': (draft, random) => draft.headers.push(['Content-Encoding', random.pick(codings)]),
  'a length': (draft, random) => draft.headers.push(['Content-Length', random.pick(lengths)]),
  'a telling header more': (draft, random) =>
    draft.headers.unshift([random.pick(tellingHeaders), oddText(random)]),
  'a telling header changed': (draft, random) =>
    setHeader(draft, random.pick(tellingHeaders), oddText(random)),
  'any header less': (draft, random) => draft.headers.splice(random.below(draft.headers.length), 1),
  'any header twice'(draft, random) {
    const [name, value] = draft.headers[random.below(draft.headers.length)] ?? ['x', '']
    draft.headers.splice(random.below(draft.headers.length + 1), 0, [
      name,
      random.chance(0.5) ? value : oddText(random),
    ])
  },
  'any header changed'(draft, random) {
    const header = draft.headers[random.below(draft.headers.length)]
    if (header) header[1] = random.pick(Object.values(textMutations))(header[1], random)
  },
  'other order': (draft) => draft.headers.reverse(),
  'many headers': (draft, random) =>
    draft.headers.push(
      ...Array.from({ length: 50 }, (_, at): [string, string] => [`x-${at}`, oddText(random)]),
    ),
}

const parameters = [
  'data.id',
  'type',
  'k',
  'code',
  'access_token',
  'hub.mode',
  'hub.challenge',
  'hub.verify_token',
  'id',
  '__proto__',
  '',
]

/** Changes the query as a text, whatever it holds. */
function withQuery(change: (query: string, random: Random) => string): RequestMutation {
  return (draft, random) => {
    const [path] = draft.url.split('?', 1)
    draft.url = `${path}?${change(queryOf(draft), random)}`
  }
}

const partOf = (query: string, random: Random): string => random.pick(query.split('&'))

/** Mutations of the target. */
export const queryMutations: Readonly<Record<string, RequestMutation>> = {
  'a parameter more': withQuery(
    (query, random) => `${query}&${random.pick(parameters)}=${encodeURIComponent(oddText(random))}`,
  ),
  'a parameter before': withQuery(
    (query, random) => `${random.pick(parameters)}=${oddText(random)}&${query}`,
  ),
  'a parameter twice': withQuery((query, random) => `${query}&${partOf(query, random)}`),
  'a parameter less': withQuery((query, random) => query.replace(partOf(query, random), '')),
  'any text changed': withQuery((query, random) => random.pick(Object.values(textMutations))(query, random)),
  'a parameter changed': withQuery((query, random) => {
    const part = partOf(query, random)
    const [name = '', value = ''] = part.split('=')
    return query.replace(part, () => `${name}=${random.pick(Object.values(textMutations))(value, random)}`)
  }),
  'an odd value': withQuery((query, random) => {
    const part = partOf(query, random)
    return query.replace(part, () => `${part.split('=', 1)[0]}=${encodeURIComponent(oddText(random))}`)
  }),
  'a name spelt otherwise': withQuery((query) =>
    query.replace(/[a-z]/, (c) => `%${c.charCodeAt(0).toString(16)}`),
  ),
  'upper case': withQuery((query) => query.toUpperCase()),
  'lower case': withQuery((query) => query.toLowerCase()),
  'other joints': withQuery((query, random) =>
    query.replace('&', random.pick([';', '&&', '&amp;', '?', '#', '%26'])),
  ),
  nothing: withQuery((_, random) => random.pick(['', '?', '&', '=', '%', '%zz'])),
  'a fragment'(draft, random) {
    draft.url += random.pick(['#', '#x', '#?k=1'])
  },
  'the whole address'(draft) {
    draft.url = `http://evil.example${draft.url}`
  },
}
