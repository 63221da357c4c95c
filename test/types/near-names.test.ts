import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { typeErrors } from '../support/page-files.ts'
import { root } from '../support/processes.ts'

/** A misspelt name, how its receiver is made, and a name that the compiler must list. */
const misspelt: readonly (readonly [name: string, provider: string, near: string])[] = [
  ['pusj', 'github', 'push'],
  ['invoice.payd', 'stripe', 'invoice.paid'],
  ['invioce.paid', 'stripe', 'invoice.paid'],
  ['bhe.emitidaa', 'redcumbre', 'bhe.emitida'],
  ['orders/creat', 'shopify', 'orders/create'],
]

describe('a name that is misspelt', () => {
  it('does not compile, and the error lists those that are near', async () => {
    const folder = join(root, 'test/.tmp/near-names')
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const imports = [...new Set(misspelt.map(([, provider]) => provider))].map(
      (name) => `import { ${name} } from '@acuse/providers/${name}'`,
    )
    const calls = misspelt.map(
      ([name, provider]) => `createReceiver(${provider}('s')).on('${name}', () => {})`,
    )
    writeFileSync(
      join(folder, 'misspelt.ts'),
      ["import { createReceiver } from '@acuse/core'", ...imports, ...calls].join('\n'),
    )
    const config = { extends: '../../tsconfig.json', include: ['*.ts'], exclude: [], references: [] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const errors = (await typeErrors(folder)).split(/^(?=misspelt\.ts)/m)
    expect(errors).toHaveLength(misspelt.length)
    for (const [at, [name, , near]] of misspelt.entries()) {
      expect(errors[at]).toContain(`"${name}"`)
      expect(errors[at]).toContain(`"${near}"`)
    }
  })
})
