import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../src/catalogue/catalogue.ts'
import { makeToLookAt } from '../src/commands/providers/describe.ts'

const root = new URL('../../../', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('packages/providers/package.json', root), 'utf8')) as {
  exports: Record<string, unknown>
}
const page = readFileSync(new URL('docs/providers.md', root), 'utf8')
const rows = page
  .split('\n')
  .filter((line) => /^\| .*`\/[\w-]+`/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))

/** Exports that are no sender. */
const parts = ['./xml', './package.json']

describe('the catalogue of the command', () => {
  it('has every sender that the package of providers exports, and no other', () => {
    const exported = Object.keys(manifest.exports).filter(
      (each) => !parts.includes(each) && !each.endsWith('/schemas'),
    )
    // One subpath has two of them.
    expect(Object.keys(catalogue).filter((name) => name !== 'khipu-1')).toEqual(
      exported.map((each) => each.slice(2)),
    )
  })

  it('is as long as the table of the documentation', () => {
    expect(rows.map(([, title]) => title).sort()).toEqual(
      Object.values(catalogue)
        .map(({ title }) => title)
        .sort(),
    )
  })

  it.each(Object.entries(catalogue))('%s is made as the documentation says', async (_, entry) => {
    const [, , , proof = '', events, batch, handshake] = rows.find(([, title]) => title === entry.title) ?? []
    expect(proof.toLowerCase()).toContain(
      proof.startsWith('as ') ? 'standard webhooks' : entry.proof.toLowerCase(),
    )
    const provider = await makeToLookAt(entry)
    const named = Array.isArray(provider.events)
      ? provider.events.length
      : Object.keys(provider.events ?? {}).length
    expect(provider.events === undefined ? 'yours' : String(named)).toBe(events)
    expect(provider.items === undefined ? '' : 'yes').toBe(batch)
    expect([...new Set((provider.handshakes ?? []).map(({ method }) => method))].join(', ')).toBe(handshake)
  })
})
