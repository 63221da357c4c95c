import { describe, expect, it, onTestFinished } from 'vitest'
import { commit } from '../src/commit.ts'
import { checkpoint, openConnection } from '../src/connection.ts'
import { loadDriver } from '../src/driver.ts'
import { tempFile } from './support/temp-file.ts'

describe('a checkpoint that finds the lock for writing taken', () => {
  it('leaves no view of the file open, from which nothing could be written any more', () => {
    const path = tempFile()
    const options = { isBusyAllowed: true, isChecked: false }
    const [ours, theirs] = [path, path].map((each) => openConnection(loadDriver(), each, options))
    if (!ours || !theirs) throw new Error('Two were opened')
    onTestFinished(() => {
      ours.close()
      theirs.close()
    })
    theirs.database.exec('BEGIN IMMEDIATE; UPDATE counts SET live = live')
    expect(() => checkpoint(ours)).toThrow(/locked/)
    theirs.database.exec('COMMIT')
    expect(commit(ours, [() => 'written']).outcomes).toEqual([{ value: 'written' }])
    expect(checkpoint(theirs).isComplete).toBe(true)
  })
})
