import { hard, type Row } from '../support/report.ts'
import { type Campaign, none, told } from './campaign.ts'
import { acceptMany, concurrency, type InboxKind, isEmpty, placeOf, provider, until } from './deliveries.ts'

const forms = { short: { letters: 500 }, long: { letters: 10_000 } }
const longestMs = 120_000

/** Every delivery becomes a dead letter, and all are redriven at once. */
export function redrive(kind: InboxKind): Campaign {
  return {
    name: `redrive-${kind}`,
    what: 'deliveries whose handler gave them up are redriven at once, and handled',
    run: (form) => run(kind, forms[form].letters),
  }
}

async function run(kind: InboxKind, letters: number): Promise<readonly Row[]> {
  const place = await placeOf(kind)
  try {
    const inbox = place.open()
    let isMended = false
    const runs = new Map<string, number>()
    const consumer = inbox.consume(
      async ({ id }) => {
        if (!isMended) return { status: 'dead', reason: 'unrecoverable', error: new Error('not yet') }
        runs.set(id, (runs.get(id) ?? 0) + 1)
        return { status: 'done', handlers: 1 }
      },
      { endpoint: provider, handles: () => ({ except: [] }), concurrency, retry: {}, observer: () => {} },
    )
    consumer.start()
    const all = await acceptMany(inbox, letters)
    await until(() => isEmpty(inbox), longestMs)
    const { dead } = await inbox.stats()
    isMended = true
    const startedAt = performance.now()
    const redriven = await inbox.deadLetters.redrive({ provider })
    await until(async () => (await isEmpty(inbox)) && runs.size === letters, longestMs)
    const tookMs = performance.now() - startedAt
    return [
      { figure: 'dead letters', value: String(dead), goal: hard(String(letters), dead === letters) },
      { figure: 'redriven', value: String(redriven), goal: hard(String(letters), redriven === letters) },
      none('handled other than once', all.filter(({ id }) => runs.get(id) !== 1).length),
      none('dead letters left', (await inbox.stats()).dead),
      told('redriven and handled in a second', Math.round((letters * 1_000) / tookMs)),
    ]
  } finally {
    await place.remove()
  }
}
