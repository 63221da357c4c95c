import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Provider } from '@acuse/core'
import { describe, expect, it } from 'vitest'
import { root } from '../support/processes.ts'
import { everyProvider } from './every-provider.ts'

/** Rows of the page's table by the provider's own name. */
function rowsOf(page: string) {
  const cells = readFileSync(join(root, page), 'utf8')
    .split('\n')
    .filter((line) => /^\| .*`\//.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))
  return new Map(
    cells.map(([, sender = '', path = '', , events, batch, handshake]) => {
      const name = path.replace(/[`/]/g, '')
      return [sender === 'Khipu 1.3' ? 'khipu-1' : name, { events, batch, handshake }]
    }),
  )
}

const made = Object.values(everyProvider).map(({ provider, secret }) => provider(secret()))
/** One of each: some are made in two ways. */
const byName = new Map(made.map((provider) => [provider.name, provider]))

/** How many names are typed. */
function countOf({ events }: Provider<object>, yours = 'yours'): string {
  if (events === undefined) return yours
  return String(Array.isArray(events) ? events.length : Object.keys(events).length)
}

describe.each([
  ['docs/providers.md', 'yours', 'yes'],
  ['docs/es/providers.md', 'tuyos', 'sí'],
])('%s', (page, yours, yes) => {
  const rows = rowsOf(page)

  it('has a row for each provider, and no other', () => {
    expect([...rows.keys()].sort()).toEqual([...byName.keys()].sort())
  })

  it.each([...byName])('states events, batch and handshake of %s as they are', (name, provider) => {
    const methods = new Set((provider.handshakes ?? []).map(({ method }) => method))
    expect(rows.get(name)).toEqual({
      events: countOf(provider, yours),
      batch: provider.items === undefined ? '' : yes,
      handshake: [...methods].join(', '),
    })
  })
})

describe('the packages', () => {
  const folders = readdirSync(join(root, 'packages/providers/src')).filter(
    (name) => name !== 'lib' && name !== 'xml',
  )

  it('have a subpath for each provider', () => {
    const { exports } = JSON.parse(readFileSync(join(root, 'packages/providers/package.json'), 'utf8')) as {
      exports: object
    }
    for (const folder of folders) expect(Object.keys(exports)).toContain(`./${folder}`)
  })
})

describe.each(['README.md', 'README.es.md'])('%s', (file) => {
  const readme = readFileSync(join(root, file), 'utf8')
  const names: readonly [string, string][] = [
    ['Stripe', 'stripe'],
    ['Slack', 'slack'],
    ['Zoom', 'zoom'],
    ['GitHub', 'github'],
    ['Shopify', 'shopify'],
    ['Instagram', 'meta'],
    ['PayPal', 'paypal'],
    ['Mercado Pago', 'mercado-pago'],
    ['Intercom', 'intercom'],
    ['Linear', 'linear'],
    ['Redcumbre', 'redcumbre'],
    ['Square', 'square'],
  ]

  it.each(names)('counts the events of %s as they are', (title, name) => {
    const provider = byName.get(name) as Provider<object>
    expect(readme).toMatch(new RegExp(`${title} ${countOf(provider)}\\b`))
  })
})
