import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../support/processes.ts'
import { type PrometheusServer, startPrometheus } from './prometheus-server.ts'
import { openShop, type Shop, visit } from './shop.ts'

const monitoring = join(root, 'packages/prometheus/monitoring')

interface DashboardPanel {
  readonly title: string
  readonly targets?: readonly { readonly expr: string }[]
}

const { panels } = JSON.parse(readFileSync(join(monitoring, 'dashboard.json'), 'utf8')) as {
  readonly panels: readonly DashboardPanel[]
}
const queries = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({
    title,
    expr: expr
      .replaceAll('$__rate_interval', '1m')
      .replaceAll('$__range', '1m')
      .replaceAll(/\$[a-z]+/g, '.*'),
  })),
)
/** Of what does not happen in the shop. */
const silent =
  /fallback_in_use|sender_retries_left|unhandled_deliveries|dead_letters_dropped|reconcile_failures|handshakes/

describe('a Prometheus that scrapes a shop', () => {
  let shop: Shop
  let prometheus: PrometheusServer

  beforeAll(async () => {
    shop = await openShop()
    await visit(shop)
    prometheus = await startPrometheus(new URL(shop.origin).host, join(monitoring, 'rules.yml'))
    const scrapes = 'min(count_over_time(acuse_inbox_up[1m]))'
    while (!(Number((await prometheus.query(scrapes))[0]?.value[1]) >= 3)) await sleep(50)
  })
  afterAll(async () => {
    await prometheus?.stop()
    await shop?.close()
  })

  it.each(queries.filter(({ expr }) => !silent.test(expr)))(
    'fills the panel $title: $expr',
    async ({ expr }) => {
      expect(await prometheus.query(expr)).not.toEqual([])
    },
  )

  it.each(queries.filter(({ expr }) => silent.test(expr)))(
    'understands the panel $title: $expr',
    async ({ expr }) => {
      expect(await prometheus.query(expr)).toBeInstanceOf(Array)
    },
  )

  it('alerts of what went wrong there, and of nothing else', async () => {
    const expected = ['AcuseAuthenticRequestsRefused', 'AcuseDeadLetters', 'AcuseHighWaterMark']
    let firing: readonly string[] = []
    while (expected.some((name) => !firing.includes(name))) {
      await sleep(50)
      firing = await prometheus.alerts()
    }
    expect([...new Set(firing)].toSorted()).toEqual(expected)
  })
})
