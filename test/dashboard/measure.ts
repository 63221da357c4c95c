// How long the first page of 100 000 dead letters takes, and what it weighs with all that it loads: `node … dashboard/measure.ts`.
import { deliveryOf, keepDead } from './deliveries.ts'
import { serve } from './serve.ts'
import { openSqlite } from './stores.ts'

const letters = 100_000

function* many() {
  for (let n = 0; n < letters; n++) yield deliveryOf(n, { type: `type-${n % 40}` })
}

const own = openSqlite()
await keepDead(own.inbox, many())
const served = await serve({ inboxes: { main: own.inbox } })
for (const path of [
  '/dead',
  '/dead?type=type-7',
  '/dead?reason=conflict',
  '',
  '/change?what=redrive&inbox=main',
  '/change?what=redrive&inbox=main&reason=stale',
  '/search?type=type-7',
]) {
  const times: number[] = []
  let bytes = 0
  for (let n = 0; n < 5; n++) {
    const began = performance.now()
    const html = await (await served.get(path)).text()
    times.push(performance.now() - began)
    bytes = Buffer.byteLength(html)
    for (const [, file = ''] of html.matchAll(/(?:href|src)="([^"]+\.(?:css|js))"/g)) {
      const answer = await served.get(file.slice(served.board.basePath.length))
      bytes += Buffer.byteLength(await answer.text())
    }
  }
  const [first = 0, ...rest] = times
  console.log(
    `${path || '/'}: first ${first.toFixed(0)} ms, then ${Math.min(...rest).toFixed(0)} to ${Math.max(...rest).toFixed(0)} ms, ${bytes} bytes in all`,
  )
}
await served.stop()
await own.stop()
