import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Observation } from '@acuse/core'
import { rejectionAnswers } from '@acuse/core/adapter'
import { deadReasons } from '@acuse/core/inbox-kit'
import { describe, expect, it } from 'vitest'
import { root } from '../support/processes.ts'

const entries = [
  ...readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8').matchAll(/^### (\S+)$/gm),
].map(([, name]) => name as string)

/** Each type of signal, and whether its lines are on by default; the mapped type makes a forgotten one an error. */
const isSaid: { readonly [Type in Observation['type']]: boolean } = {
  accepted: false,
  duplicate: false,
  handled: false,
  handshake: true,
  // By their codes.
  rejected: false,
  // By their reasons.
  dead: false,
  retried: true,
  failed: true,
  dropped: true,
  unhandled: true,
  'high-water-mark': true,
  fallback: true,
  'reconcile-failed': true,
}

/** The codes of process warnings, as the sources have them. */
function warningCodes(): string[] {
  const files = readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name, 'src'))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join(folder, file)),
    )
  return files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(?<!env\[)'(ACUSE[A-Z_]*)'/g)].map(([, code]) => code as string),
  )
}

describe('docs/troubleshooting.md', () => {
  it('has one entry for every code that the default log can print, and no other', () => {
    const types = Object.entries(isSaid).flatMap(([type, said]) => (said ? [type] : []))
    const codes = new Set([...Object.keys(rejectionAnswers), ...deadReasons, ...types, ...warningCodes()])
    expect(codes.size).toBeGreaterThan(60)
    expect([...entries].sort()).toEqual([...codes].sort())
  })
})
