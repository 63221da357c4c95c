import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { root, startTypeScript } from '../support/processes.ts'

const cwd = join(root, 'examples/reconcile')

function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-reconcile-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

describe('examples/reconcile', () => {
  it.each<[string, () => string]>([
    ['memory', () => 'memory'],
    ['a SQLite file', () => `sqlite:${join(tempFolder(), 'inbox.db')}`],
  ])('hands out the event that the webhook missed, and the others once, on %s', async (_, inbox) => {
    const example = startTypeScript('src/main.ts', { INBOX: inbox() }, cwd)
    expect(await example.exited).toBe(0)
    const said = example.lines.filter((line) => /^(?:round|handled) /.test(line))
    expect(said.filter((line) => line.startsWith('handled')).sort()).toEqual([
      'handled bhe-1: signed',
      'handled bhe-2: reconciled',
      'handled bhe-3: signed',
    ])
    expect(said.filter((line) => line.startsWith('round'))).toEqual([
      'round complete: 3 listed, 1 accepted, 2 had come',
      'round complete: 3 listed, 0 accepted, 3 had come',
    ])
  })
})
