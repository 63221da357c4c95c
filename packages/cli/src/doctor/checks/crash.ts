import type { Check } from '../check.ts'
import { sleep } from '../effects.ts'
import type { CheckCode, Evidence } from '../evidence.ts'
import type { Examined } from '../examined.ts'
import { isAccepted } from '../http.ts'
import type { MadeEvent } from '../subject.ts'
import { counterOf, receiverOf } from './needs.ts'

async function restart(examined: Examined): Promise<void> {
  const receiver = receiverOf(examined)
  await receiver.kill()
  if (!(await receiver.start())) throw new Error('the receiver did not start again')
}

/** As its sender does: until it is taken, or patience is over. */
async function resend(examined: Examined, event: MadeEvent): Promise<boolean> {
  const until = performance.now() + examined.patienceMs
  for (;;) {
    const answer = await examined.send('copy-after-crash', event.request, event)
    if (isAccepted(answer)) return true
    examined.signal.throwIfAborted()
    if (performance.now() > until) return false
    await sleep(50)
  }
}

/** Runs one crash after another until one speaks against the receiver. */
async function rounds(
  times: number,
  crash: (round: number) => Promise<readonly Evidence[]>,
): Promise<readonly Evidence[]> {
  for (let round = 0; round < times; round++) {
    const evidence = await crash(round)
    if (evidence.length > 0) return evidence
  }
  return []
}

/** Killed as soon as a 2xx is there. */
async function killAtAnswer(examined: Examined): Promise<readonly Evidence[]> {
  const counter = counterOf(examined)
  const since = await counter.since()
  const event = examined.subject.make()
  const answer = await examined.send('killed-at-answer', event.request, event)
  await restart(examined)
  if (!isAccepted(answer)) return []
  const missing = await counter.missing([event], since)
  return missing === 0 ? [] : [{ probe: 'killed-at-answer', came: { status: answer.status, runs: 0 } }]
}

const offsetsMs = [0, 2, 4, 6, 9, 12, 16, 20, 30, 45, 60, 80]

/** Copies a few milliseconds apart; killed as soon as one of them has a 2xx. */
async function killAtCopy(examined: Examined): Promise<readonly Evidence[]> {
  const counter = counterOf(examined)
  const since = await counter.since()
  const event = examined.subject.make()
  let isOver = false
  const firstTaken = await new Promise<number | undefined>((resolve) => {
    const sent = offsetsMs.map(async (ms) => {
      await sleep(ms)
      if (isOver) return
      const { status = 0 } = await examined.send('killed-at-copy', event.request, event)
      if (isAccepted({ status })) resolve(status)
    })
    void Promise.all(sent).then(() => resolve(undefined))
  })
  isOver = true
  await restart(examined)
  if (firstTaken === undefined) return []
  const missing = await counter.missing([event], since)
  return missing === 0 ? [] : [{ probe: 'killed-at-copy', came: { status: firstTaken, runs: 0 } }]
}

const shares = [0.25, 0.5, 0.75]

/** Killed before the answer; the sender then sends again. */
async function killBeforeAnswer(examined: Examined, round: number): Promise<readonly Evidence[]> {
  const counter = counterOf(examined)
  const since = await counter.since()
  const event = examined.subject.make()
  const sent = examined.send('killed-before-answer', event.request, event)
  await sleep(usualMs(examined) * (shares[round] ?? 0))
  await restart(examined)
  await sent
  const isTaken = await resend(examined, event)
  if (!isTaken) return []
  const missing = await counter.missing([event], since)
  return missing === 0 ? [] : [{ probe: 'killed-before-answer', came: { runs: 0 } }]
}

function usualMs({ exchanges }: Examined): number {
  const times = exchanges.filter(({ probe }) => probe === 'valid').map(({ answer }) => answer.durationMs)
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}

/** Killed as soon as the effect is there, and before or after the answer; the sender then sends again. */
async function killAtEffect(examined: Examined): Promise<readonly Evidence[]> {
  const counter = counterOf(examined)
  const since = await counter.since()
  const event = examined.subject.make()
  const sent = examined.send('killed-at-effect', event.request, event)
  await counter.missing([event], since)
  await restart(examined)
  await sent
  await resend(examined, event)
  await counter.settle()
  const runs = await counter.knownRunsOf(event, since)
  return runs > 1 ? [{ probe: 'killed-at-effect', came: { runs } }] : []
}

/** Killed when all is done; the sender then sends again. */
async function killWhenDone(examined: Examined): Promise<readonly Evidence[]> {
  const counter = counterOf(examined)
  const since = await counter.since()
  const event = examined.subject.make()
  await examined.send('valid', event.request, event)
  await counter.missing([event], since)
  await counter.settle()
  await restart(examined)
  await resend(examined, event)
  await counter.settle()
  const runs = await counter.knownRunsOf(event, since)
  return runs > 1 ? [{ probe: 'killed-when-done', came: { runs } }] : []
}

const runTwice: readonly CheckCode[] = ['duplicate-run', 'effect-before-dedupe']

/** What a crash shows: the receiver is killed with SIGKILL, and started again. */
export const crash: readonly Check[] = [
  {
    code: 'acknowledged-before-safe',
    severity: 'critical',
    needs: ['start', 'effects'],
    when: 'crash',
    run: (examined) => rounds(2, () => killAtAnswer(examined)),
  },
  {
    code: 'in-flight-acknowledged',
    severity: 'high',
    needs: ['start', 'effects'],
    unless: ['acknowledged-before-safe'],
    when: 'crash',
    run: (examined) => rounds(3, () => killAtCopy(examined)),
  },
  {
    code: 'lost-after-crash',
    severity: 'critical',
    needs: ['start', 'effects'],
    unless: ['acknowledged-before-safe'],
    when: 'crash',
    run: (examined) => rounds(shares.length, (round) => killBeforeAnswer(examined, round)),
  },
  {
    code: 'forgotten-at-restart',
    severity: 'high',
    needs: ['start', 'effects'],
    unless: runTwice,
    when: 'crash',
    run: (examined) => rounds(1, () => killWhenDone(examined)),
  },
  {
    code: 'run-twice-after-crash',
    severity: 'high',
    needs: ['start', 'effects'],
    unless: [...runTwice, 'forgotten-at-restart'],
    when: 'crash',
    run: (examined) => rounds(2, () => killAtEffect(examined)),
  },
]
