import type { Awaitable } from '../model/awaitable.ts'
import { type ContractCase, toCases } from './contract-case.ts'
import { acceptChecks } from './inbox-accept.ts'
import { boundChecks } from './inbox-bounds.ts'
import { clockChecks } from './inbox-clock.ts'
import { closeChecks } from './inbox-close.ts'
import { copyChecks } from './inbox-copies.ts'
import { crashChecks } from './inbox-crash.ts'
import { deadLetterChecks } from './inbox-dead-letters.ts'
import { deliveryListChecks } from './inbox-deliveries.ts'
import { fenceChecks } from './inbox-fences.ts'
import { giveUpChecks } from './inbox-give-up.ts'
import { handleChecks } from './inbox-handle.ts'
import { orderChecks } from './inbox-order.ts'
import { shareChecks } from './inbox-share.ts'
import { type InboxAbility, type InboxChecks, type InboxSubject, inboxAbilities } from './inbox-subject.ts'
import { typeChecks } from './inbox-types.ts'

const checks: InboxChecks = {
  ...acceptChecks,
  ...handleChecks,
  ...typeChecks,
  ...orderChecks,
  ...deadLetterChecks,
  ...copyChecks,
  ...deliveryListChecks,
  ...closeChecks,
  ...giveUpChecks,
  ...fenceChecks,
  ...boundChecks,
  ...shareChecks,
  ...crashChecks,
  ...clockChecks,
}

/**
 * The suite that every `Inbox` passes. Its times are real, and short.
 *
 * @example
 * const cases = inboxContract(() => ({ inbox, reopen, dispose }), { bounded: 'the disk is its bound' })
 * for (const { name, leftOut, run } of cases) it(name, { skip: leftOut }, run)
 * @param create makes a subject for one case
 * @param without what the inbox cannot do, and why: the cases that need it are left out for that reason
 */
export function inboxContract(
  create: () => Awaitable<InboxSubject>,
  without: Readonly<Partial<Record<InboxAbility, string>>> = {},
): readonly ContractCase[] {
  return toCases({
    checks,
    abilities: inboxAbilities,
    lacks: without,
    async run(check) {
      const subject = await create()
      try {
        await check(subject)
      } finally {
        await subject.dispose()
      }
    },
  })
}
