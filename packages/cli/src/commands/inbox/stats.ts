import type { InboxStats, TypeStats } from '@acuse/core'
import { type Command, defineCommand } from '../../command/command.ts'
import type { Context } from '../../command/context.ts'
import { exitCodes } from '../../command/exit-code.ts'
import { printable, printJson, printLine, toColumns } from '../../command/print.ts'
import { helpOf } from './help.ts'
import { storeOptions } from './options.ts'
import { toAge } from './shown.ts'
import { withStore } from './store.ts'
import { texts } from './texts.ts'

const states = ['waiting', 'leased', 'delayed', 'dead'] as const

/** `acuse inbox stats`. */
export const stats: Command = defineCommand({
  name: 'stats',
  texts: helpOf('stats'),
  options: storeOptions,
  examples: ['inbox stats --inbox sqlite:webhooks.db'],
  async run(context, { options }) {
    const { counted, oldestDead } = await withStore(context, options, async (store) => ({
      counted: await store.stats(),
      oldestDead: (await store.list({ limit: 1 })).letters[0]?.diedAt,
    }))
    if (context.json) printJson(context, { ...counted, oldestDeadAt: oldestDead ?? null })
    else for (const line of toLines(context, counted, oldestDead)) printLine(context, line)
    return exitCodes.ok
  },
})

function toLines({ language, colors }: Context, counted: InboxStats, oldestDead: Date | undefined): string[] {
  const own = texts[language]
  const { columns } = own
  const hasEndpoints = counted.types.some(({ endpoint, provider }) => endpoint !== provider)
  const name = ({ endpoint, provider, type }: Pick<TypeStats, 'endpoint' | 'provider' | 'type'>) =>
    [...(hasEndpoints ? [endpoint] : []), provider, type].map(printable)
  const numbers = (of: Pick<InboxStats, (typeof states)[number]>) => states.map((state) => String(of[state]))
  const [head = '', ...rows] = toColumns([
    [
      ...(hasEndpoints ? [columns.endpoint] : []),
      columns.provider,
      columns.type,
      ...states.map((state) => columns[state]),
    ],
    ...counted.types.map((each) => [...name(each), ...numbers(each)]),
    [own.total, ...(hasEndpoints ? [''] : []), '', ...numbers(counted)],
  ])
  const live = counted.waiting + counted.leased + counted.delayed
  return [
    colors.bold(head),
    ...rows,
    ...(live > 0 ? [`${own.oldest} ${own.ago(toAge(counted.oldestAgeMs))}`] : []),
    ...(oldestDead ? [`${own.oldestDead} ${own.ago(toAge(Date.now() - oldestDead.getTime()))}`] : []),
  ]
}
