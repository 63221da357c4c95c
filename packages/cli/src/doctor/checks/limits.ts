import type { Check } from '../check.ts'
import { sleep } from '../effects.ts'
import type { Evidence } from '../evidence.ts'
import { type Examined, toEvidence } from '../examined.ts'
import { type Answer, isAccepted, type Opened, open } from '../http.ts'
import { otherSignature, signatureOf } from '../signature.ts'

const mebibyte = 2 ** 20
const mostOversized = 64 * mebibyte

/** Twice what the provider sends at most, and 4 MiB at least. */
function oversized({ subject }: Examined): number {
  const most = subject.provider.limits?.maxBodyBytes ?? mebibyte
  return Math.min(Math.max(most * 2 + mebibyte, 4 * mebibyte), mostOversized)
}

/** A forged body in chunks, of which the end is not sent before the receiver had time to refuse it. */
async function sendOversized(examined: Examined): Promise<Evidence[]> {
  const { subject } = examined
  const event = subject.make()
  const signature = signatureOf(subject.provider, event.request)
  const request = signature ? signature.with(otherSignature(signature)) : event.request
  const opened = open(request, examined.timeoutMs)
  const chunk = Buffer.alloc(65_536, ' ')
  for (let sent = 0; sent < oversized(examined) && !opened.isAnswered(); sent += chunk.byteLength)
    await Promise.race([opened.write(chunk), opened.answered, sleep(2_000)])
  await Promise.race([opened.answered, sleep(500)])
  const isRefused = opened.isAnswered()
  opened.end()
  const answer = await opened.answered
  examined.record({ probe: 'oversized', request, answer, event })
  const isCutOff = answer.status === 413 || answer.status === 408 || answer.failure === 'network'
  return isRefused || isCutOff ? [] : [toEvidence('oversized', answer)]
}

/** A right receiver waits for a body for as long as it may take to answer: 5 s. */
const leastPatienceMs = 6_000

/** Half a body, and then nothing; or the rest of it, a byte every now and then. */
async function hold(examined: Examined, how: 'unended' | 'trickled'): Promise<Evidence[]> {
  const { subject } = examined
  const patienceMs = Math.max(examined.patienceMs, leastPatienceMs)
  const event = subject.make()
  const { request } = event
  const opened = open({ ...request, headers: { ...request.headers, 'content-length': '100000' } }, patienceMs)
  await opened.write(request.body.subarray(0, 20))
  examined.signal.addEventListener('abort', opened.destroy, { once: true })
  if (how === 'trickled') void trickle(opened)
  const answer = await opened.answered
  examined.record({ probe: how === 'unended' ? 'body-unended' : 'body-trickled', request, answer, event })
  return answer.failure === 'timeout'
    ? [toEvidence(how === 'unended' ? 'body-unended' : 'body-trickled', answer)]
    : []
}

async function trickle(opened: Opened): Promise<void> {
  while (!opened.isAnswered()) {
    await opened.write(Buffer.from(' '))
    await sleep(250)
  }
}

const slowMs = 5_000

/** What a receiver bounds, and how it answers to what is no delivery. */
export const limits: readonly Check[] = [
  {
    code: 'body-unlimited',
    severity: 'medium',
    run: sendOversized,
  },
  {
    code: 'body-held',
    severity: 'medium',
    when: 'beside',
    async run(examined) {
      const held = await Promise.all([hold(examined, 'unended'), hold(examined, 'trickled')])
      return held.flat()
    },
  },
  {
    code: 'get-accepted',
    severity: 'low',
    async run(examined) {
      const { url } = examined.subject
      const evidence: Evidence[] = []
      for (const method of ['GET', 'HEAD'] as const) {
        const probe = method === 'GET' ? 'get' : 'head'
        const answer = await examined.send(probe, { method, url, headers: {}, body: Buffer.alloc(0) })
        if (isAccepted(answer)) evidence.push(toEvidence(probe, answer))
      }
      return evidence
    },
  },
  {
    code: 'slow-answer',
    severity: 'high',
    when: 'last',
    async run({ exchanges }) {
      const slow = exchanges.filter(({ probe, answer }) => probe === 'valid' && isSlow(answer))
      return slow.slice(0, 3).map(({ probe, answer }) => toEvidence(probe, answer))
    },
  },
]

function isSlow({ durationMs, failure }: Answer): boolean {
  return durationMs > slowMs && failure !== 'network'
}
