import { type Dashboard, dashboard } from '@acuse/dashboard'
import type { Collector } from './collectors.ts'

const origin = 'http://localhost'
const mostOfAKind = 400

/** Pages of the dashboard: those that show deliveries and requests, and those that must show nothing of a payload. */
export function dashboardPages(): readonly Collector[] {
  let of: Parameters<Collector['finish']>[0] | undefined
  const board: Dashboard = dashboard({ authorize: () => true, receivers: () => of?.receivers ?? [] })
  return [
    {
      name: 'dashboard',
      showsPayloads: true,
      observer: board.observer,
      keep: board.keepRefused,
      async finish(collected) {
        of = collected
        const lists = [
          '/dead',
          '/deliveries',
          '/deliveries?state=handled',
          '/refused',
          '/search?from=2020-01-01T00:00',
        ]
        return await everyPage(board, lists)
      },
    },
    {
      name: 'dashboard, counts and live view',
      showsPayloads: false,
      async finish(collected) {
        of = collected
        return (
          await Promise.all(
            ['', '?hours=3', '/live', '/live/events'].map((path) => read(board, `/acuse${path}`)),
          )
        ).join('\n')
      },
    },
  ]
}

/** Lists with their next pages, and whatever they lead to. */
async function everyPage(board: Dashboard, lists: readonly string[]): Promise<string> {
  const texts: string[] = []
  const seen = new Map<string, number>()
  const waiting = lists.map((path) => `/acuse${path}`)
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const text = await read(board, path)
    texts.push(text)
    for (const [, link = ''] of text.matchAll(
      /href="(\/acuse\/(?:dead|delivery|body|refusal|change)\?[^"]*)"/g,
    )) {
      const next = link.replaceAll('&amp;', '&')
      const [kind = ''] = next.split('?')
      if (seen.has(next) || (seen.get(kind) ?? 0) > mostOfAKind) continue
      seen.set(next, 1)
      seen.set(kind, (seen.get(kind) ?? 0) + 1)
      waiting.push(next)
    }
  }
  return texts.join('\n')
}

/** As bytes, so that no coding hides a body. */
async function read(board: Dashboard, path: string): Promise<string> {
  const answer = await board(new Request(origin + path))
  return Buffer.from(await answer.arrayBuffer()).toString('latin1')
}
