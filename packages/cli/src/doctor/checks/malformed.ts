import type { JsonObject } from '@acuse/core'
import type { Check, Evidence, ProbeName } from '../check.ts'
import { type Examined, toEvidence } from '../examined.ts'
import { type Answer, isAccepted, type Outgoing, open } from '../http.ts'
import { asTexts } from '../subject.ts'

const depth = 100_000

/** Bodies that a right signature does not make right. */
const signedBodies: readonly (readonly [ProbeName, (json: string) => Uint8Array])[] = [
  ['body-empty', () => Buffer.alloc(0)],
  ['body-garbage', () => Buffer.from('<acuse>this is no JSON</acuse>')],
  ['body-cut', (json) => Buffer.from(json.slice(0, -5))],
  ['body-null', () => Buffer.from('null')],
  ['body-list', () => Buffer.from('[]')],
  ['body-text', () => Buffer.from('"acuse"')],
  ['body-number', () => Buffer.from('42')],
  ['body-no-fields', () => Buffer.from('{}')],
  ['body-wrong-types', (json) => Buffer.from(JSON.stringify(wrongTypes(JSON.parse(json))))],
  ['body-no-values', (json) => Buffer.from(JSON.stringify(noValues(JSON.parse(json))))],
  ['body-deep', (json) => Buffer.from(`{"deep":${'['.repeat(depth)}${']'.repeat(depth)},${json.slice(1)}`)],
  ['body-proto', (json) => Buffer.from(`{"__proto__":{"acuse":true},"constructor":1,${json.slice(1)}`)],
  ['body-huge-number', (json) => Buffer.from(`{"huge":1e999,${json.slice(1)}`)],
  ['body-lone-surrogate', (json) => Buffer.from(`{"note":"\\ud800",${json.slice(1)}`)],
  [
    'body-bad-utf8',
    (json) =>
      Buffer.concat([Buffer.from('{"note":"'), Buffer.from([0xff, 0xc0]), Buffer.from(`",${json.slice(1)}`)]),
  ],
  ['body-utf16', (json) => Buffer.from(`\ufeff${json}`, 'utf16le')],
]

function wrongTypes(payload: object): object {
  return Object.fromEntries(
    Object.entries(payload).map(([name, value]) => [name, typeof value === 'string' ? 7 : 'acuse']),
  )
}

function noValues(payload: JsonObject): object {
  return Object.fromEntries(Object.keys(payload).map((name) => [name, null]))
}

const mediaTypes: readonly (readonly [ProbeName, string | undefined])[] = [
  ['media-type-none', undefined],
  ['media-type-wrong', ';;;'],
  ['media-type-text', 'text/plain'],
  ['media-type-multipart', 'multipart/form-data; boundary=acuse'],
  ['media-type-charset', 'application/json; charset=utf-16'],
]

function withMediaType({ headers, ...request }: Outgoing, mediaType: string | undefined): Outgoing {
  const { 'content-type': _, ...others } = asTexts(headers)
  return { ...request, headers: mediaType === undefined ? others : { ...others, 'content-type': mediaType } }
}

/** An own error of the receiver's, or no answer at all. */
function isBroken({ status, failure }: Answer): boolean {
  return failure !== undefined || (status ?? 0) >= 500
}

async function* malformed(examined: Examined): AsyncGenerator<readonly [ProbeName, Outgoing]> {
  const { subject } = examined
  const json = (): string => Buffer.from(subject.make().request.body).toString('utf8')
  if (subject.isJson && subject.signsBytes)
    for (const [probe, toBody] of signedBodies) yield [probe, subject.sign(subject.make(), toBody(json()))]
  for (const [probe, mediaType] of mediaTypes) yield [probe, withMediaType(subject.make().request, mediaType)]
  const { request } = subject.make()
  yield ['header-huge', { ...request, headers: { ...request.headers, 'x-acuse': 'x'.repeat(12_000) } }]
  yield ['body-garbage-unsigned', { ...request, body: Buffer.from('<acuse>this is no JSON</acuse>') }]
}

/** Sends half of a body under the length of all of it. */
async function sendHalf(examined: Examined, how: 'finish' | 'destroy'): Promise<Answer> {
  const { request } = examined.subject.make()
  const headers = { ...request.headers, 'content-length': String(request.body.byteLength) }
  const opened = open({ ...request, headers }, examined.timeoutMs)
  await opened.write(request.body.subarray(0, Math.floor(request.body.byteLength / 2)))
  opened[how]()
  const answer = await opened.answered
  examined.record({ probe: how === 'finish' ? 'cut-short' : 'broken-off', request, answer, event: undefined })
  return answer
}

/** What nobody should send, and somebody does. */
export const malformedChecks: readonly Check[] = [
  {
    code: 'malformed-5xx',
    severity: 'medium',
    async run(examined) {
      const evidence: Evidence[] = []
      for await (const [probe, request] of malformed(examined)) {
        const answer = await examined.send(probe, request)
        if (isBroken(answer)) evidence.push(toEvidence(probe, answer))
      }
      return evidence
    },
  },
  {
    code: 'media-type-refused',
    severity: 'low',
    async run(examined) {
      const { subject } = examined
      if (!subject.isJson) return 'does-not-apply'
      const event = subject.make()
      const request = withMediaType(event.request, 'application/json; charset=utf-8')
      const answer = await examined.send('media-type-utf8', request, event)
      return isAccepted(answer) ? [] : [toEvidence('media-type-utf8', answer)]
    },
  },
  {
    code: 'cut-short-accepted',
    severity: 'high',
    async run(examined) {
      const evidence: Evidence[] = []
      for (let times = 0; times < 3; times++) await sendHalf(examined, 'destroy')
      const answer = await sendHalf(examined, 'finish')
      if (isAccepted(answer)) evidence.push(toEvidence('cut-short', answer))
      return evidence
    },
  },
  {
    code: 'process-died',
    severity: 'critical',
    when: 'last',
    run: async ({ deaths }) => deaths.map((probe) => ({ probe, came: { failure: 'network' as const } })),
  },
]
