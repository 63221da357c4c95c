import type { DeadLetterPage, DeadLetterSummary } from '@acuse/core'
import type { DeliveryQuery } from '@acuse/core/inbox-kit'
import { type Command, defineCommand } from '../../command/command.ts'
import type { Context } from '../../command/context.ts'
import { type ExitCode, exitCodes } from '../../command/exit-code.ts'
import { printable, printJson, printLine, toColumns } from '../../command/print.ts'
import { helpOf } from './help.ts'
import { filterOptions, stateOptions, storeOptions, toFilter, toStateFilter } from './options.ts'
import { type StoreValues, withStore } from './store.ts'
import { toPageLines } from './stored.ts'
import { texts } from './texts.ts'

const mostOfMessage = 80

/** `acuse inbox list`. */
export const list: Command = defineCommand({
  name: 'list',
  texts: helpOf('list'),
  options: {
    ...storeOptions,
    ...filterOptions,
    ...stateOptions,
    limit: { kind: 'number', min: 1, max: 1_000, default: 20 },
    after: { kind: 'text', value: 'CURSOR' },
  },
  examples: [
    'inbox list --provider stripe --older-than 2h',
    'inbox list --state delayed --inbox sqlite:webhooks.db',
    'inbox list --inbox bullmq:redis://127.0.0.1:6379',
    'inbox list --inbox postgres://127.0.0.1/shop --option schema=webhooks',
  ],
  async run(context, { options }) {
    const { limit, after, state } = options
    const page = { limit, ...(after !== undefined && { after }) }
    if (state !== undefined)
      return await listStored(context, options, {
        ...toStateFilter(context, options, state, Date.now()),
        ...page,
      })
    const query = { ...toFilter(context, options, Date.now()), ...page }
    const { letters, next } = await withStore(context, options, (store) => store.list(query))
    if (context.json) printJson(context, { letters, next: next ?? null })
    else for (const line of toLines(context, { letters, next })) printLine(context, line)
    return exitCodes.ok
  },
})

async function listStored(context: Context, values: StoreValues, query: DeliveryQuery): Promise<ExitCode> {
  const { deliveries, next } = await withStore(context, values, (store) => store.listStored(query))
  if (context.json) printJson(context, { deliveries, next: next ?? null })
  else for (const line of toPageLines(context, { deliveries, next })) printLine(context, line)
  return exitCodes.ok
}

function toLines({ language, colors }: Context, { letters, next }: DeadLetterPage): string[] {
  const { columns, more, noLetters } = texts[language]
  if (letters.length === 0) return [noLetters]
  const { id, died, provider, type, reason, attempts, error } = columns
  const [head = '', ...rows] = toColumns([
    [id, died, provider, type, reason, attempts, error],
    ...letters.map(toRow),
  ])
  return [colors.bold(head), ...rows, ...(next === undefined ? [] : [colors.dim(more(next))])]
}

function toRow({ id, diedAt, provider, type, reason, attempt, message }: DeadLetterSummary): string[] {
  const shown = printable(message)
  return [
    printable(id),
    diedAt.toISOString().replace(/\.\d+/, ''),
    printable(provider),
    printable(type),
    reason,
    String(attempt),
    shown.length > mostOfMessage ? `${shown.slice(0, mostOfMessage)}…` : shown,
  ]
}
