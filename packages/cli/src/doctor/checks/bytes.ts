import { gzipBody } from '@acuse/sender'
import type { Check } from '../check.ts'
import type { Evidence, ProbeName } from '../evidence.ts'
import { type Examined, faulty, toEvidence } from '../examined.ts'
import { isAccepted, type Outgoing } from '../http.ts'
import type { MadeEvent, Subject } from '../subject.ts'

/** Other bytes of the same JSON, each of which a sender may send. */
const spellings: readonly (readonly [ProbeName, (json: string) => string])[] = [
  ['json-indented', (json) => JSON.stringify(JSON.parse(json), undefined, 2)],
  ['json-reversed', (json) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(json)).reverse()))],
  ['json-escaped', (json) => json.replace(/":"([A-Za-z])/, (_, letter: string) => `":"${toEscape(letter)}`)],
  ['json-decimal', (json) => json.replace(/":(\d{1,15})([,}])/, '":$1.0$2')],
  ['json-line-end', (json) => `${json}\n`],
]

function toEscape(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Bytes that say something else than those that were signed, though parsed and written again they are the same. */
const unsigned: readonly (readonly [ProbeName, (json: string) => string])[] = [
  ['json-indented-later', (json) => JSON.stringify(JSON.parse(json), undefined, 2)],
  ['json-key-twice', (json) => `{"${Object.keys(JSON.parse(json))[0]}":"acuse",${json.slice(1)}`],
]

function textOf({ request }: MadeEvent): string {
  return Buffer.from(request.body).toString('utf8')
}

function canChangeBytes({ isJson, signsBytes }: Subject): boolean {
  return isJson && signsBytes
}

async function refusedSpellings(examined: Examined): Promise<Evidence[]> {
  const { subject } = examined
  const evidence: Evidence[] = []
  for (const [probe, spell] of spellings) {
    const event = subject.make()
    const other = spell(textOf(event))
    if (other === textOf(event)) continue
    const answer = await examined.send(probe, subject.sign(event, Buffer.from(other)), event)
    if (!isAccepted(answer)) evidence.push(toEvidence(probe, answer))
  }
  return evidence
}

async function acceptedLater(
  examined: Examined,
  probes: readonly (readonly [ProbeName, MadeEvent, Outgoing])[],
): Promise<Evidence[]> {
  const evidence: Evidence[] = []
  for (const [probe, event, request] of probes) {
    const answer = await examined.send(probe, request, event)
    if (isAccepted(answer)) evidence.push(toEvidence(probe, answer))
  }
  return evidence
}

/** U+FFFD in a text, signed; one byte FF in its place, sent. */
function withReplacement(subject: Subject): readonly [ProbeName, MadeEvent, Outgoing] {
  const event = subject.make({ change: (payload) => ({ ...payload, note: '\ufffd' }) })
  const body = replaceBytes(Buffer.from(event.request.body))
  return ['bytes-replaced', event, { ...event.request, body }]
}

function replaceBytes(body: Buffer): Buffer {
  const at = body.indexOf(Buffer.from('\ufffd'))
  return Buffer.concat([body.subarray(0, at), Buffer.from([0xff]), body.subarray(at + 3)])
}

/** Whether the bytes that are verified are those that came. */
export const bytes: readonly Check[] = [
  {
    code: 'reserialised-json',
    severity: 'high',
    async run(examined) {
      const { subject } = examined
      if (!canChangeBytes(subject)) return 'does-not-apply'
      const later = unsigned.map(([probe, spell]) => {
        const event = subject.make()
        return [probe, event, { ...event.request, body: Buffer.from(spell(textOf(event))) }] as const
      })
      const evidence = [...(await refusedSpellings(examined)), ...(await acceptedLater(examined, later))]
      // Alone it may be a schema that takes whole numbers, as the right signature does not help there.
      return evidence.every(({ probe }) => probe === 'json-decimal') ? [] : evidence
    },
  },
  {
    code: 'text-decoded',
    severity: 'medium',
    unless: ['reserialised-json'],
    async run(examined) {
      const { subject } = examined
      if (!canChangeBytes(subject)) return 'does-not-apply'
      const event = subject.make()
      const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), event.request.body])
      return acceptedLater(examined, [
        withReplacement(subject),
        ['byte-order-mark', event, { ...event.request, body: marked }],
      ])
    },
  },
  {
    code: 'inflated-unverified',
    severity: 'low',
    async run(examined) {
      const event = await faulty(examined, gzipBody)
      return event ? acceptedLater(examined, [['gzip', event, event.request]]) : 'does-not-apply'
    },
  },
]
