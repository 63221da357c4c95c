import type { Awaitable } from '../model/awaitable.ts'
import type { ContractCase } from './contract-case.ts'
import { acceptChecks } from './inbox-accept.ts'
import { closeChecks } from './inbox-close.ts'
import { copyChecks } from './inbox-copies.ts'
import { deadLetterChecks } from './inbox-dead-letters.ts'
import { fenceChecks } from './inbox-fences.ts'
import { giveUpChecks } from './inbox-give-up.ts'
import { handleChecks } from './inbox-handle.ts'
import { orderChecks } from './inbox-order.ts'
import type { InboxAbility, InboxSubject } from './inbox-subject.ts'
import { typeChecks } from './inbox-types.ts'

const all = Object.entries({
  ...acceptChecks,
  ...handleChecks,
  ...typeChecks,
  ...orderChecks,
  ...deadLetterChecks,
  ...copyChecks,
  ...closeChecks,
  ...giveUpChecks,
  ...fenceChecks,
})

/**
 * The suite that every `Inbox` passes. Its times are real, and short.
 *
 * @example
 * for (const { name, run } of inboxContract(() => ({ inbox, reopen, dispose }))) it(name, run)
 * @param create makes a subject for one case
 * @param without what the inbox cannot do, and why: those cases are left out, and their names say the reason
 */
export function inboxContract(
  create: () => Awaitable<InboxSubject>,
  without: Readonly<Partial<Record<InboxAbility, string>>> = {},
): readonly ContractCase[] {
  const reasons = new Map<string, string>(Object.entries(without))
  return all.map(([title, check]) => {
    const [needed = '', name = title] = title.split(': ')
    const reason = needed
      .split(', ')
      .map((ability) => reasons.get(ability))
      .find((each) => each !== undefined)
    if (reason !== undefined) return { name: `${name} (left out: ${reason})`, run: async () => {} }
    return {
      name,
      async run() {
        const subject = await create()
        try {
          await check(subject)
        } finally {
          await subject.dispose()
        }
      },
    }
  })
}
