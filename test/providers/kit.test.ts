import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@acuse/core'
import { providerContract } from '@acuse/core/testing'
import { sqliteInbox } from '@acuse/sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { registerCases } from '../contracts/register-cases.ts'
import { root } from '../support/processes.ts'
import { type CatalogueEntry, everyProvider } from './every-provider.ts'

describe.each(Object.entries(everyProvider))('%s keeps the contract of a provider', (_, entry) => {
  const { secret, without, ...made } = entry
  registerCases(providerContract({ ...made, secrets: [secret(), secret()] }, without))
})

describe.each(['hubspot', 'stripe'])('%s keeps it with a durable inbox', (name) => {
  const { secret, without, ...made } = everyProvider[name] as CatalogueEntry
  const folder = mkdtempSync(join(tmpdir(), 'acuse-kit-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  let files = 0
  const inbox = (clock: Clock) => sqliteInbox(join(folder, `${files++}.db`), { clock })
  registerCases(providerContract({ ...made, secrets: [secret(), secret()], inbox }, without))
})

it('every provider of the catalogue is among them', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'packages/providers/package.json'), 'utf8')) as {
    readonly exports: object
  }
  const names = Object.keys(manifest.exports).map((subpath) => String(subpath.split('/')[1]))
  const made = new Set(Object.keys(everyProvider).map((name) => name.split(/ |,/)[0]))
  expect([...new Set(names)].filter((name) => !made.has(name))).toEqual(['xml', 'package.json'])
})
