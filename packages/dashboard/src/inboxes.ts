import type { Inbox } from '@acuse/core'
import type { EventLog } from '@acuse/core/inbox-kit'
import type { DashboardOptions, DashboardReceiver } from './options.ts'

/** An inbox, and what people call it. */
export interface NamedInbox {
  readonly name: string
  readonly inbox: Inbox
}

/** The receivers as they are now. */
export function receiversOf({ receivers = [] }: DashboardOptions): readonly DashboardReceiver[] {
  const given = typeof receivers === 'function' ? receivers() : receivers
  return given.map((each) => ('receiver' in each ? each.receiver : each))
}

/** Every inbox once: those that have a name, then those of receivers, by the name of a provider. */
export function inboxesOf(options: DashboardOptions): readonly NamedInbox[] {
  const named = Object.entries(options.inboxes ?? {}).map(([name, inbox]) => ({ name, inbox }))
  for (const { inbox, provider } of receiversOf(options)) {
    if (inbox === undefined || named.some((each) => each.inbox === inbox)) continue
    named.push({ name: freeName(provider.name, named), inbox })
  }
  return named
}

function freeName(wanted: string, taken: readonly NamedInbox[]): string {
  let name = wanted
  for (let n = 2; taken.some((each) => each.name === name); n++) name = `${wanted}-${n}`
  return name
}

/** The event log of an inbox that has one. */
export function eventLogOf(inbox: Inbox): Pick<EventLog, 'replay'> | undefined {
  return 'replay' in inbox && typeof inbox.replay === 'function' ? (inbox as Inbox & EventLog) : undefined
}
