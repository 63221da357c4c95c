import { catalogue } from '../../catalogue/catalogue.ts'
import { type Command, defineCommand } from '../../command/command.ts'
import type { Context } from '../../command/context.ts'
import { exitCodes } from '../../command/exit-code.ts'
import { printJson, printLine, toColumns } from '../../command/print.ts'
import { entryOf } from '../../provider/resolve-provider.ts'
import { type DescribedProvider, describe } from './describe.ts'
import { texts } from './texts.ts'

/** `acuse providers [name]`. */
export const providers: Command = defineCommand({
  name: 'providers',
  texts,
  arguments: { name: { complete: 'provider' } },
  examples: ['providers', 'providers stripe'],
  async run(context, { arguments: { name } }) {
    if (name === undefined) {
      const all = await Promise.all(Object.entries(catalogue).map(([each, entry]) => describe(each, entry)))
      if (context.json) printJson(context, { providers: all.map(toRow) })
      else for (const line of toTable(context, all)) printLine(context, line)
      return exitCodes.ok
    }
    const described = await describe(name, entryOf(context, name))
    if (context.json) printJson(context, described)
    else for (const line of toLines(context, described)) printLine(context, line)
    return exitCodes.ok
  },
})

function toRow({ events, ...described }: DescribedProvider) {
  return { ...described, events: events?.length }
}

function toTable({ language, colors }: Context, all: readonly DescribedProvider[]): string[] {
  const { columns, yours, yes } = texts[language]
  const rows = all.map(({ name, title, proof, events, batch, handshake }) => [
    name,
    title,
    proof,
    events === undefined ? yours : String(events.length),
    batch ? yes : '',
    handshake.join(', '),
  ])
  const [head = '', ...lines] = toColumns([Object.values(columns), ...rows])
  return [colors.bold(head), ...lines]
}

function toLines({ language, colors }: Context, described: DescribedProvider): string[] {
  const own = texts[language]
  const { name, title, proof, signs, path, variables, options, attemptDelaysMs, timeoutMs, events } =
    described
  const facts: [string, string][] = [
    [own.proof, proof],
    [own.signs, signs.join(', ') || own.nothing],
    [own.path, path],
    [own.variableReceive, variables.receive],
    ...(variables.send === variables.receive
      ? []
      : [[own.variableSend, variables.send] satisfies [string, string]]),
    ...options.map(({ name: option, example, required }, at): [string, string] => [
      at === 0 ? own.options_ : '',
      `--option ${option}=${example}${required ? ' *' : ''}`,
    ]),
    [own.retries, attemptDelaysMs.map(toSpan).join(', ')],
    ...(timeoutMs === undefined ? [] : [[own.waits, toSpan(timeoutMs)] satisfies [string, string]]),
    [own.events, events === undefined ? own.anyName : String(events.length)],
  ]
  return [
    `${colors.bold(title)} (${name})`,
    ...toColumns(facts, '  '),
    ...(events ?? []).map((event) => `    ${event}`),
  ]
}

/** `0`, `20s`, `5m`, `1.5h`. */
function toSpan(ms: number): string {
  if (ms === 0) return '0'
  if (ms < 60_000) return `${ms / 1_000}s`
  if (ms < 3_600_000) return `${Number((ms / 60_000).toFixed(1))}m`
  return `${Number((ms / 3_600_000).toFixed(1))}h`
}
