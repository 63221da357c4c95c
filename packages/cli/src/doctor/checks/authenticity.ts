import {
  type Fault,
  futureTimestamp,
  malformedSignature,
  missingSignature,
  staleTimestamp,
  tamperedBody,
} from '@acuse/sender'
import type { Check } from '../check.ts'
import type { CheckOutcome, Evidence, ProbeName } from '../evidence.ts'
import { type Examined, faulty, toEvidence } from '../examined.ts'
import { isAccepted, type Outgoing } from '../http.ts'
import { otherSignature, signatureOf } from '../signature.ts'
import { asTexts, type MadeEvent } from '../subject.ts'
import { counterOf } from './needs.ts'

const forgeries: readonly (readonly [ProbeName, Fault])[] = [
  ['missing-signature', missingSignature],
  ['malformed-signature', malformedSignature],
  ['tampered-body', tamperedBody],
]

/** Forged requests, each of an event of its own. */
async function forge(examined: Examined): Promise<readonly (readonly [ProbeName, MadeEvent])[]> {
  const { subject } = examined
  const made: (readonly [ProbeName, MadeEvent])[] = []
  for (const [probe, fault] of forgeries) {
    const event = await faulty(examined, fault)
    if (event) made.push([probe, event])
  }
  const event = subject.make()
  const signature = signatureOf(subject.provider, event.request)
  if (signature === undefined) return made
  const blank = { ...event.request, headers: { ...asTexts(event.request.headers), [signature.header]: '' } }
  const wrong = subject.make()
  const other = signatureOf(subject.provider, wrong.request)
  made.push(['blank-signature', { ...event, request: blank }])
  if (other) made.push(['wrong-signature', { ...wrong, request: other.with(otherSignature(other)) }])
  return made
}

/** Sends each, and keeps those that were taken. */
async function accepted(
  examined: Examined,
  probes: readonly (readonly [ProbeName, Outgoing, MadeEvent])[],
): Promise<CheckOutcome> {
  if (probes.length === 0) return 'does-not-apply'
  const evidence: Evidence[] = []
  for (const [probe, request, event] of probes) {
    const answer = await examined.send(probe, request, event)
    if (isAccepted(answer)) evidence.push(toEvidence(probe, answer))
  }
  return evidence
}

async function acceptedWith(examined: Examined, probe: ProbeName, fault: Fault): Promise<CheckOutcome> {
  const event = await faulty(examined, fault)
  return event ? accepted(examined, [[probe, event.request, event]]) : 'does-not-apply'
}

/** The signature of an event, written in other ways. */
async function acceptedSpellings(
  examined: Examined,
  toSpellings: (text: string, encoding: 'hex' | 'base64') => Partial<Record<ProbeName, string>>,
): Promise<CheckOutcome> {
  const { subject } = examined
  const probes: (readonly [ProbeName, Outgoing, MadeEvent])[] = []
  const { text = '', encoding = 'hex' } = signatureOf(subject.provider, subject.make().request) ?? {}
  for (const name of Object.keys(toSpellings(text, encoding)) as ProbeName[]) {
    const event = subject.make()
    const signature = signatureOf(subject.provider, event.request)
    const other = signature && toSpellings(signature.text, signature.encoding)[name]
    if (signature && other !== undefined && other !== signature.text)
      probes.push([name, signature.with(other), event])
  }
  return accepted(examined, probes)
}

function otherSpellings(text: string, encoding: 'hex' | 'base64'): Partial<Record<ProbeName, string>> {
  const middle = Math.floor(text.length / 2)
  const blank = { 'signature-with-blank': `${text.slice(0, middle)} ${text.slice(middle)}` }
  if (encoding === 'hex')
    return {
      ...blank,
      'signature-upper-case': text.toUpperCase(),
      'signature-with-more': `${text}zz`,
      'signature-0x': `0x${text}`,
    }
  return {
    ...blank,
    'signature-unpadded': text.replaceAll('=', ''),
    'signature-url-safe': text.replaceAll('+', '-').replaceAll('/', '_'),
    'signature-with-more': `${text}=AAAA`,
  }
}

function prefixes(text: string): Partial<Record<ProbeName, string>> {
  return {
    'signature-cut-last': text.slice(0, -2),
    'signature-cut-half': text.slice(0, Math.floor(text.length / 4) * 2),
    'signature-cut-two': text.slice(0, 2),
  }
}

/** Whether a request is from whom it says. */
export const authenticity: readonly Check[] = [
  {
    code: 'forged-accepted',
    severity: 'critical',
    async run(examined) {
      const forged = await forge(examined)
      return accepted(
        examined,
        forged.map(([probe, event]) => [probe, event.request, event]),
      )
    },
  },
  {
    code: 'forged-run',
    severity: 'critical',
    needs: ['effects'],
    unless: ['forged-accepted'],
    async run(examined) {
      const counter = counterOf(examined)
      const since = await counter.since()
      const evidence: Evidence[] = []
      for (const [probe, event] of await forge(examined)) {
        const answer = await examined.send(probe, event.request, event)
        await counter.settle()
        const runs = await counter.runsOf([event], since)
        if (runs > 0) return [{ probe, came: { ...toEvidence(probe, answer).came, runs } }]
      }
      return evidence
    },
  },
  {
    code: 'signature-prefix',
    severity: 'critical',
    run: (examined) => acceptedSpellings(examined, prefixes),
  },
  {
    code: 'signature-spellings',
    severity: 'low',
    run: (examined) => acceptedSpellings(examined, otherSpellings),
  },
  {
    code: 'signature-twice',
    severity: 'low',
    async run(examined) {
      const { subject } = examined
      const first = subject.make()
      const second = subject.make()
      const good = signatureOf(subject.provider, first.request)
      const other = signatureOf(subject.provider, second.request)
      // A sender that states several may send several.
      if (!good || !other || good.isList) return 'does-not-apply'
      const bad = asTexts(good.with(otherSignature(good)).headers)[good.header] ?? ''
      const right = asTexts(second.request.headers)[other.header] ?? ''
      const wrong = asTexts(other.with(otherSignature(other)).headers)[other.header] ?? ''
      const both = {
        ...first.request.headers,
        [good.header]: [asTexts(first.request.headers)[good.header] ?? '', bad],
      }
      const reversed = { ...second.request.headers, [other.header]: [wrong, right] }
      return accepted(examined, [
        ['signature-good-bad', { ...first.request, headers: both }, first],
        ['signature-bad-good', { ...second.request, headers: reversed }, second],
      ])
    },
  },
  {
    code: 'stale-accepted',
    severity: 'high',
    run: (examined) => acceptedWith(examined, 'stale', staleTimestamp),
  },
  {
    code: 'future-accepted',
    severity: 'medium',
    run: (examined) => acceptedWith(examined, 'future', futureTimestamp),
  },
]
