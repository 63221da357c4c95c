import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Observation } from '@acuse/core'
import { rejectionAnswers } from '@acuse/core/adapter'
import { deadReasons } from '@acuse/core/inbox-kit'
import { describe, expect, it } from 'vitest'
import { root } from '../support/processes.ts'

/** Each entry's name, and its text up to the next heading. */
function entriesOf(file: string): (readonly [name: string, text: string])[] {
  const page = readFileSync(join(root, file), 'utf8')
  return [...page.matchAll(/^### (\S+)$([^#]*(?:#(?!#)[^#]*)*)/gm)].map(
    ([, name = '', text = '']) => [name, text.trim()] as const,
  )
}

/** Each type of observation; the mapped type makes a forgotten one an error. */
const types: { readonly [Type in Observation['type']]: true } = {
  accepted: true,
  duplicate: true,
  handled: true,
  handshake: true,
  rejected: true,
  dead: true,
  retried: true,
  failed: true,
  dropped: true,
  unhandled: true,
  'high-water-mark': true,
  fallback: true,
  misrouted: true,
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

describe.each([
  ['docs/troubleshooting.md', 'Look at', 'Do'],
  ['docs/es/troubleshooting.md', 'Mira', 'Haz'],
])('%s', (file, look, act) => {
  const texts = entriesOf(file)
  const entries = texts.map(([name]) => name)

  it('has one entry for every code, observation and warning, and no other', () => {
    const observations = Object.keys(types)
    const codes = new Set([
      ...Object.keys(rejectionAnswers),
      ...deadReasons,
      ...observations,
      ...warningCodes(),
    ])
    expect(codes.size).toBeGreaterThan(60)
    expect([...entries].sort()).toEqual([...codes].sort())
  })

  it.each(texts)('says of %s what it means, what to look at, and what to do', (_, text) => {
    const entry = String.raw`^\S[^*]{20,}\*\*${look}:\*\* \S[^*]{8,}\*\*${act}:\*\* \S[^*]{3,}\.$`
    expect(text).toMatch(new RegExp(entry, 's'))
  })
})
