import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A file in a folder that is removed after the test. */
export function tempFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-sqlite-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'inbox.db')
}
