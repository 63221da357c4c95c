import type { JsonObject } from '@acuse/core'
import type { Check } from '../check.ts'
import { sleep } from '../effects.ts'
import type { Evidence, ProbeName } from '../evidence.ts'
import { type Examined, toEvidence } from '../examined.ts'
import { type Answer, isAccepted, type Outgoing, open } from '../http.ts'
import { otherSignature, signatureOf } from '../signature.ts'
import { asTexts, type Subject } from '../subject.ts'

const depth = 100_000
const dyingMs = 300

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

/** Bodies that cannot be read under a right signature, and headers that nobody signs. */
function* malformedSigned({ subject }: Examined): Generator<readonly [ProbeName, Outgoing]> {
  if (subject.isJson && subject.signsBytes)
    for (const [probe, toBody] of signedBodies)
      yield [probe, subject.sign(subject.make(), toBody(jsonOf(subject)))]
  for (const [probe, mediaType] of mediaTypes) yield [probe, withMediaType(subject.make().request, mediaType)]
}

/** The same under a wrong one. */
function* malformedForged({ subject }: Examined): Generator<readonly [ProbeName, Outgoing]> {
  const forged = (): Outgoing => {
    const { request } = subject.make()
    const signature = signatureOf(subject.provider, request)
    return signature ? signature.with(otherSignature(signature)) : request
  }
  if (subject.isJson)
    for (const [, toBody] of signedBodies)
      yield ['body-unreadable', { ...forged(), body: toBody(jsonOf(subject)) }]
  yield ['body-garbage-unsigned', { ...forged(), body: Buffer.from('<acuse>this is no JSON</acuse>') }]
  for (const [, mediaType] of mediaTypes) yield ['media-type-unsigned', withMediaType(forged(), mediaType)]
  const request = forged()
  yield ['header-huge', { ...request, headers: { ...request.headers, 'x-acuse': 'x'.repeat(12_000) } }]
}

function jsonOf(subject: Subject): string {
  return Buffer.from(subject.make().request.body).toString('utf8')
}

/** What a receiver fails at, and does not die of. */
async function failuresAt(
  examined: Examined,
  probes: Iterable<readonly [ProbeName, Outgoing]>,
  isSigned: boolean,
): Promise<readonly Evidence[]> {
  const evidence = new Map<ProbeName, Evidence>()
  for (const [probe, request] of probes) {
    const answer = await examined.send(probe, request)
    if (!isBroken(answer)) continue
    const deaths = examined.deaths.length
    // A process that throws ends a moment after its connections.
    if (answer.failure === 'network') await sleep(dyingMs)
    const isThere = await examined.revive({ probe, isSigned })
    if (examined.deaths.length === deaths) evidence.set(probe, toEvidence(probe, answer))
    if (!isThere) break
  }
  return [...evidence.values()]
}

function deathsOf({ deaths }: Examined, isSigned: boolean): readonly Evidence[] {
  return deaths
    .filter((death) => death.isSigned === isSigned)
    .map(({ probe }) => ({ probe, came: { failure: 'network' as const } }))
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
    when: 'crash',
    run: (examined) => failuresAt(examined, malformedForged(examined), false),
  },
  {
    code: 'malformed-signed-5xx',
    severity: 'low',
    when: 'crash',
    run: (examined) => failuresAt(examined, malformedSigned(examined), true),
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
    when: 'last',
    async run(examined) {
      for (let times = 0; times < 3; times++) await sendHalf(examined, 'destroy')
      await sendHalf(examined, 'finish')
      const cut: readonly ProbeName[] = ['cut-short', 'body-unended', 'body-trickled']
      return examined.exchanges
        .filter(({ probe, answer }) => cut.includes(probe) && isAccepted(answer))
        .map(({ probe, answer }) => toEvidence(probe, answer))
    },
  },
  {
    code: 'process-died',
    severity: 'critical',
    when: 'last',
    run: async (examined) => deathsOf(examined, false),
  },
  {
    code: 'process-died-signed',
    severity: 'medium',
    when: 'last',
    run: async (examined) => deathsOf(examined, true),
  },
]
