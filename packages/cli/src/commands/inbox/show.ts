import type { AttemptFailure, DeadLetter } from '@acuse/core'
import { type StoredDelivery, toText } from '@acuse/core/inbox-kit'
import { type Command, defineCommand } from '../../command/command.ts'
import type { Context } from '../../command/context.ts'
import { exitCodes } from '../../command/exit-code.ts'
import { printable, printJson, printLine, toColumns, writeLine } from '../../command/print.ts'
import { helpOf } from './help.ts'
import { quote } from './location.ts'
import { storeOptions } from './options.ts'
import { toBase64, toDocument } from './shown.ts'
import { withStore } from './store.ts'
import { factsOfStored, toStoredDocument } from './stored.ts'
import { texts } from './texts.ts'

/** `acuse inbox show <id>`. */
export const show: Command = defineCommand({
  name: 'show',
  texts: helpOf('show'),
  arguments: { id: { required: true } },
  options: storeOptions,
  examples: ['inbox show 5nTQ0kqW8yq1m2Xc7Rb3Zg --inbox sqlite:webhooks.db'],
  async run(context, { arguments: { id }, options }) {
    const { letter, stored, argument } = await withStore(context, options, async (store) => {
      const letter = await store.get(id)
      const stored = letter ? undefined : await store.getStored(id)
      return { letter, stored, argument: store.location.argument }
    })
    if (stored) {
      if (context.json) printJson(context, toStoredDocument(stored))
      else
        for (const line of toLines(context, stored, factsOfStored(context, stored))) printLine(context, line)
      return exitCodes.ok
    }
    if (!letter) {
      if (context.json) printJson(context, null)
      else writeLine(context.stderr, texts[context.language].notShown(printable(id)))
      return exitCodes.no
    }
    const redrive = toCommand(letter.id, argument)
    if (context.json) printJson(context, { ...toDocument(letter), redrive })
    else {
      for (const line of toLines(context, letter, factsOf(context, letter))) printLine(context, line)
      const { letter: own } = texts[context.language]
      for (const line of ['', `${own.redrive}:`, `  ${redrive}`]) printLine(context, line)
    }
    return exitCodes.ok
  },
})

/** An id may begin with a hyphen: it stands behind one that ends the options. */
function toCommand(id: string, argument: string): string {
  return ['acuse inbox redrive', argument, ...(id.startsWith('-') ? ['--'] : []), quote(id)]
    .filter((word) => word !== '')
    .join(' ')
}

function toLines(context: Context, letter: DeadLetter | StoredDelivery, facts: string[][]): string[] {
  const { letter: own } = texts[context.language]
  const { delivery, failures } = letter
  const text = toText(delivery.body)
  const size = delivery.body.byteLength
  const body = text ?? toBase64(delivery.body)
  return [
    context.colors.bold(printable(letter.id)),
    ...toColumns(facts, '  '),
    '',
    `${own.headers}:`,
    ...Object.entries(delivery.headers).map(([name, value]) => `  ${printable(`${name}: ${value}`)}`),
    '',
    `${text === undefined ? own.binary(size) : own.body(size)}:`,
    ...indented(body),
    ...(failures.length === 0 ? [] : ['', `${own.failures}:`]),
    ...failures.flatMap((failure, at) => toFailure(context, failure, failures[at + 1])),
  ]
}

/** A failure as the next is kept without a stack, which is the same. */
function toFailure(
  { language }: Context,
  { attempt, at, message, stack }: AttemptFailure,
  next: AttemptFailure | undefined,
): string[] {
  const { letter: own } = texts[language]
  const isAsNext = stack === undefined && next?.stack !== undefined && next.message === message
  return [
    `  ${own.attempt(attempt, at.toISOString())}`,
    // A stack begins with its message.
    ...indented(stack ?? message, '    '),
    ...(isAsNext ? [`    ${own.asOf(next.attempt)}`] : []),
  ]
}

function factsOf({ language }: Context, { delivery, ...letter }: DeadLetter): string[][] {
  const { columns, letter: own } = texts[language]
  const facts: readonly (readonly [string, string | undefined])[] = [
    [columns.endpoint, letter.endpoint],
    [columns.provider, letter.provider],
    [columns.type, letter.type],
    [columns.reason, letter.reason],
    [columns.attempts, String(letter.attempt)],
    [columns.died, letter.diedAt.toISOString()],
    [own.received, delivery.receivedAt.toISOString()],
    [own.occurred, delivery.occurredAt?.toISOString()],
    [own.key, delivery.keyId],
    [own.orderingKey, delivery.orderingKey],
    [own.bodyHash, delivery.bodyHash],
    [own.delivery, delivery.id === letter.id ? undefined : delivery.id],
  ]
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, printable(value)]]))
}

/** Lines of foreign text. */
function indented(text: string, indent = '  '): string[] {
  return text.split('\n').map((line) => `${indent}${printable(line)}`.trimEnd())
}
