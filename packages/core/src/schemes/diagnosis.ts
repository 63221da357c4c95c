import { printable } from '../lib/printable.ts'
import type { RequestValues } from '../lib/request-values.ts'
import type { Finding } from '../model/finding.ts'
import type { WebhookRequest } from '../model/request.ts'
import type { SignatureHeader } from './signature-header.ts'
import type { SignedContent } from './signed-content.ts'

/** One way to read a signature, and what it would mean if it matched. */
export interface Reading {
  readonly findings: readonly Finding[]
  readonly matches: (signature: Uint8Array, signed: Uint8Array) => boolean
}

/** What is diagnosed: a request, where its signatures stand, and what they sign. */
interface Diagnosed {
  readonly request: WebhookRequest
  readonly header: SignatureHeader
  readonly content: SignedContent
  readonly valuesOf: (request: WebhookRequest) => RequestValues
}

/** Something that a signature may be taken as, and what it would mean. */
interface Candidate {
  readonly findings: readonly Finding[]
  readonly bytes: Uint8Array
}

const hexText = /^(?:[0-9a-f]{2})+$/i
const base64Text = /^[A-Za-z0-9+/_-]+={0,2}$/
const knownPrefix = /^(?:sha(?:1|256|512)=|v\d[=,]|hmac |bearer )/i
const hexRun = /[0-9a-fA-F]+/g
const base64Run = /[A-Za-z0-9+/_-]+={0,2}/g
/** No signature is shorter than 20 bytes. */
const minHex = 40
const minBase64 = 27
const longWord = /[A-Za-z0-9+/_-]{12,}/g
const maxValues = 20
const maxShown = 20
const lineBreak = 0x0a
const byteOrderMark = Buffer.from('\ufeff')

/** Whether a text is written in an encoding, leniently. */
export function isTextOf(text: string, encoding: 'hex' | 'base64'): boolean {
  return (encoding === 'hex' ? hexText : base64Text).test(text)
}

/**
 * Reads a signature in every way that senders and middleboxes are known to get wrong, and gives the fewest
 * deviations that make it fit.
 */
export function diagnoseSignature(
  { request, header, content, valuesOf }: Diagnosed,
  readings: readonly Reading[],
): readonly Finding[] {
  const { headers, body } = request
  const values = header.texts(valuesOf(request)).filter((value) => value !== '')
  if (values.length === 0) return [header.toFinding({ code: 'header-missing' })]
  const repeated = header.headers.find((each) => headers.values(each).filter(Boolean).length > 1)
  const fault = content.findFault(valuesOf(request))
  const faults: Finding[] = repeated === undefined ? [] : [{ kind: 'header-repeated', header: repeated }]
  if (fault) faults.push(fault)
  let best: readonly Finding[] | undefined
  for (const variant of bodies(body)) {
    const read = content.read(valuesOf({ ...request, body: variant.bytes }))
    // Without a signed header the body alone may have been signed.
    const signed = 'code' in read ? variant.bytes : read.bytes
    for (const signature of values.slice(0, maxValues).flatMap((value) => [...candidates(value, header)])) {
      for (const reading of readings) {
        const findings = [...signature.findings, ...reading.findings, ...variant.findings]
        if (best && best.length <= findings.length) continue
        if (reading.matches(signature.bytes, signed)) best = findings
      }
    }
  }
  if (best) return [...faults, ...best]
  if (faults.length > 0) return faults
  const read = header.read(valuesOf(request))
  if ('code' in read) return [header.toFinding(read)]
  return [{ kind: 'unexplained', detail: 'It was signed with another key, or over another body' }]
}

function* candidates(value: string, header: SignatureHeader): Iterable<Candidate> {
  yield* signatures(value, header)
  yield* surrounded(value, header)
}

function longRuns(value: string, run: RegExp, min: number): RegExpExecArray[] {
  return [...value.matchAll(run)].filter(({ 0: text }) => text.length >= min)
}

/** Anything that reads as a signature, wherever it stands in a header. */
function* surrounded(value: string, header: SignatureHeader): Iterable<Candidate> {
  const found = [...longRuns(value, hexRun, minHex), ...longRuns(value, base64Run, minBase64)].slice(
    0,
    maxValues,
  )
  for (const { 0: text, index } of found) {
    const before = withoutKeys(value.slice(0, index)).slice(-maxShown)
    const after = withoutKeys(value.slice(index + text.length)).slice(0, maxShown)
    const finding: Finding = { kind: 'signature-surrounded', header: header.name, before, after }
    for (const each of readAs(text, header)) yield { ...each, findings: [finding, ...each.findings] }
  }
}

/** A sender that is set up wrong may send its secret beside the signature. */
function withoutKeys(text: string): string {
  return printable(text).replaceAll(longWord, '…')
}

/** The signatures of a header, without what stands before them, in each encoding. */
function* signatures(value: string, header: SignatureHeader): Iterable<Candidate> {
  for (const entry of header.split(value)) {
    const { text, findings } = withoutPrefix(entry, header.prefix)
    for (const each of readAs(text, header)) yield { ...each, findings: [...findings, ...each.findings] }
  }
}

/** A text in each encoding that it may be of. */
function* readAs(text: string, header: SignatureHeader): Iterable<Candidate> {
  const expected = header.encodings.join(' or ')
  for (const encoding of ['hex', 'base64'] as const) {
    if (!isTextOf(text, encoding)) continue
    const bytes = Buffer.from(text, encoding)
    const found = spellingOf(text, bytes)
    const asStated = header.encodings.some((each) => each === found)
    yield { bytes, findings: asStated ? [] : [{ kind: 'signature-encoding', expected, found }] }
  }
}

function withoutPrefix(entry: string, prefix: string): { text: string; findings: readonly Finding[] } {
  if (prefix !== '' && entry.startsWith(prefix)) return { text: entry.slice(prefix.length), findings: [] }
  const found = knownPrefix.exec(entry)?.[0] ?? ''
  const text = entry.slice(found.length)
  return { text, findings: found === prefix ? [] : [{ kind: 'signature-prefix', expected: prefix, found }] }
}

function spellingOf(text: string, bytes: Buffer): string {
  return text === bytes.toString('hex')
    ? 'hex'
    : text === bytes.toString('base64')
      ? 'base64'
      : 'another spelling'
}

/** The body as it came, and as it may have been before something on the way changed it. */
function* bodies(body: Uint8Array): Iterable<Candidate> {
  yield { bytes: body, findings: [] }
  yield {
    bytes: Buffer.concat([body, Buffer.from('\n')]),
    findings: [{ kind: 'body-newline', fitsWhen: 'added' }],
  }
  if (body.at(-1) === lineBreak) {
    const end = body.at(-2) === 0x0d ? -2 : -1
    yield { bytes: body.subarray(0, end), findings: [{ kind: 'body-newline', fitsWhen: 'removed' }] }
  }
  yield { bytes: Buffer.concat([byteOrderMark, body]), findings: [{ kind: 'body-bom', fitsWhen: 'added' }] }
  if (byteOrderMark.equals(body.subarray(0, 3))) {
    yield { bytes: body.subarray(3), findings: [{ kind: 'body-bom', fitsWhen: 'removed' }] }
  }
  yield* reencoded(body)
}

function* reencoded(body: Uint8Array): Iterable<Candidate> {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString())
    const compact = Buffer.from(JSON.stringify(value))
    yield { bytes: compact, findings: [{ kind: 'body-reencoded', fitsWhen: 'compact' }] }
    const indented = Buffer.from(JSON.stringify(value, undefined, 2))
    yield { bytes: indented, findings: [{ kind: 'body-reencoded', fitsWhen: 'indented' }] }
  } catch {
    // Not JSON, or too deep to print: nothing to print again.
  }
}
