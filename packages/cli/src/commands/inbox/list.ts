import type { DeadLetterPage, DeadLetterSummary } from '@acuse/core'
import { type Command, defineCommand } from '../../command/command.ts'
import type { Context } from '../../command/context.ts'
import { exitCodes } from '../../command/exit-code.ts'
import { printable, printJson, printLine, toColumns } from '../../command/print.ts'
import { helpOf } from './help.ts'
import { filterOptions, storeOptions, toFilter } from './options.ts'
import { withStore } from './store.ts'
import { texts } from './texts.ts'

const mostOfMessage = 80

/** `acuse inbox list`. */
export const list: Command = defineCommand({
  name: 'list',
  texts: helpOf('list'),
  options: {
    ...storeOptions,
    ...filterOptions,
    limit: { kind: 'number', min: 1, max: 1_000, default: 20 },
    after: { kind: 'text', value: 'CURSOR' },
  },
  examples: [
    'inbox list --provider stripe --older-than 2h',
    'inbox list --inbox bullmq:redis://127.0.0.1:6379',
    'inbox list --inbox postgres://127.0.0.1/shop --option schema=webhooks',
  ],
  async run(context, { options }) {
    const { limit, after } = options
    const query = { ...toFilter(context, options, Date.now()), limit, ...(after !== undefined && { after }) }
    const page = await withStore(context, options, (store) => store.list(query))
    if (context.json) printJson(context, { letters: page.letters, next: page.next ?? null })
    else for (const line of toLines(context, page)) printLine(context, line)
    return exitCodes.ok
  },
})

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
