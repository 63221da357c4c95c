import assert from 'node:assert/strict'
import type { Delivery } from '../model/delivery.ts'
import { takesFromNoneThatLives } from './inbox-crash.ts'
import {
  acceptAll,
  consume,
  delivery,
  done,
  failed,
  gate,
  type InboxChecks,
  type InboxSubject,
  told,
  until,
} from './inbox-subject.ts'

const dayMs = 86_400_000
const steps = [
  ['forward', dayMs],
  ['back', -dayMs],
] as const

/** NTP, an operator or a virtual machine that wakes sets the wall clock while deliveries run and wait. */
export const clockChecks: InboxChecks = Object.fromEntries(
  steps.flatMap(([way, byMs]) => [
    [
      `clock: finds due what it delayed, and hands out once what runs, when the clock is set ${way} by a day`,
      (subject: InboxSubject) => findsDue(subject, byMs),
    ],
    [
      `reopen, share, crash, clock: takes what a crashed instance held, and nothing that one that lives renews, while the clock is set ${way} again and again`,
      (subject: InboxSubject) => takesFromNoneThatLives(subject, () => setClock(subject, byMs)),
    ],
  ]),
)

async function findsDue(subject: InboxSubject, byMs: number): Promise<void> {
  const { inbox } = subject
  const slow = delivery()
  // Each waits for a random share of the delay: some are still delayed when the clock is set.
  const failing = Array.from({ length: 10 }, () => delivery())
  const { opened, open } = gate()
  const runs = new Map<string, number>()
  const watched = consume(
    inbox,
    async ({ id }: Delivery) => {
      const count = (runs.get(id) ?? 0) + 1
      runs.set(id, count)
      if (id === slow.id) await opened
      return id === slow.id || count > 1 ? done : failed('once')
    },
    { retry: { attempts: 3, minDelayMs: 500, maxDelayMs: 500 } },
  )
  await acceptAll(inbox, [slow, ...failing])
  await until('all failed once', () => told(watched, 'retried').length === failing.length)
  await setClock(subject, byMs)
  await until('what was delayed is handled', () => told(watched, 'handled').length === failing.length)
  open()
  await until('what ran is handled', () => told(watched, 'handled').length === failing.length + 1)
  assert.equal(runs.get(slow.id), 1)
  for (const { id } of failing) assert.equal(runs.get(id), 2)
}

async function setClock(subject: InboxSubject, byMs: number): Promise<void> {
  assert.ok(subject.setClock, "a subject has setClock(), or 'clock' is left out with a reason")
  await subject.setClock(byMs)
}
