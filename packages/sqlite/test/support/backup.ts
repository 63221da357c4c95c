import { expect } from 'vitest'
import { startProcess } from './process.ts'

/** A file beside it, with one delivery, made by other processes, the second of which moves the WAL into the file. */
export async function withBackup(path: string): Promise<void> {
  for (let round = 0; round < 2; round++) {
    const child = startProcess(`${path}.backup`, 'one', 'of-the-backup')
    await child.ended
    expect(child.lines()).toEqual([`${round === 0 ? 'accepted' : 'duplicate'} of-the-backup`])
  }
}
