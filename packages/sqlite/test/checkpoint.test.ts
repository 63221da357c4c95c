import { truncateSync, utimesSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { commit } from '../src/commit.ts'
import { checkpoint, openConnection } from '../src/connection.ts'
import { loadDriver, type OpenDatabase } from '../src/driver.ts'
import { FileTrouble } from '../src/file-trouble.ts'
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

describe('a checkpoint while which its file is emptied', () => {
  it('notices that only what it wrote is there', () => {
    const path = tempFile()
    const emptying: OpenDatabase = (file) => {
      const database = loadDriver()(file)
      return {
        ...database,
        prepare(sql) {
          const statement = database.prepare(sql)
          if (!sql.includes('wal_checkpoint')) return statement
          return {
            ...statement,
            get(...values) {
              if (isHarmed) truncateSync(path)
              return statement.get(...values)
            },
          }
        },
      }
    }
    let isHarmed = false
    const connection = openConnection(emptying, path, { isBusyAllowed: true, isChecked: false })
    onTestFinished(() => connection.close())
    commit(connection, [({ sql }) => sql.writeLive.run(1)])
    checkpoint(connection)
    isHarmed = true
    commit(connection, [({ sql }) => sql.writeLive.run(2)])
    expect(() => checkpoint(connection)).toThrow(/was emptied while the inbox used it/)
  })
})

describe('a file that was written into, and cannot be looked at for want of descriptors', () => {
  it('is not taken for another content: what is acknowledged stays in its WAL', () => {
    const path = tempFile()
    let isWanting = false
    const wanting: OpenDatabase = (file) => {
      if (isWanting) throw Object.assign(new Error('unable to open database file'), { rawCode: 14 })
      return loadDriver()(file)
    }
    const options = { isBusyAllowed: true, isChecked: false }
    const connection = openConnection(wanting, path, options)
    onTestFinished(() => connection.close())
    commit(connection, [({ sql }) => sql.writeLive.run(7)])
    utimesSync(path, new Date(), new Date())
    isWanting = true
    const refusal = () => commit(connection, [({ sql }) => sql.writeLive.run(8)])
    expect(refusal).toThrow('unable to open database file')
    expect(refusal).not.toThrow(FileTrouble)
    isWanting = false
    expect(connection.sql.readLive.get()).toMatchObject({ live: 7 })
    expect(commit(connection, [() => 'written']).outcomes).toEqual([{ value: 'written' }])
  })
})
