import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, openSync, realpathSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { driverModule } from './driver.ts'
import { toPath } from './options.ts'

// A connection of its own: the copy takes as long as the file is large, and the event loop goes on meanwhile.
const program = `
  const { parentPort, workerData: { driver, location, copy } } = require('node:worker_threads')
  const loaded = require(driver)
  const Database = loaded.DatabaseSync ?? loaded
  const source = new Database(location)
  source.exec('PRAGMA busy_timeout = 5000')
  source.prepare('VACUUM INTO ?').run(copy)
  source.close()
  const copied = new Database(copy)
  const found = copied.prepare('PRAGMA quick_check(1)').all()
  copied.close()
  parentPort.postMessage(Object.values(found[0]).find((value) => typeof value === 'string'))`

/**
 * Copies the database of this location to a path where nothing is.
 * @throws TypeError when the path cannot be used
 */
export async function backUp(location: string, path: string): Promise<void> {
  const target = toTarget(location, path)
  const copy = `${target}.${randomUUID()}.part`
  closeSync(openSync(copy, 'ax', 0o600))
  try {
    const found = await copyInThread(location, copy)
    if (found !== 'ok') throw new Error(`The copy is damaged: ${String(found)}`)
    sync(copy, 'r+')
    // Fails where something came to be meanwhile.
    linkSync(copy, target)
    rmSync(copy)
    sync(dirname(target), 'r')
  } finally {
    for (const suffix of ['', '-journal']) rmSync(copy + suffix, { force: true })
  }
}

function toTarget(location: string, path: string): string {
  const target = toPath(path)
  if (!existsSync(dirname(target)))
    throw new TypeError(`backup needs a folder that exists: '${dirname(target)}' does not`)
  const found = join(realpathSync(dirname(target)), basename(target))
  if ([location, `${location}-wal`, `${location}-shm`, `${location}-journal`].includes(found)) {
    throw new TypeError(`backup needs a path of its own: '${path}' is the inbox's`)
  }
  if (existsSync(target))
    throw new TypeError(`backup writes over nothing: '${path}' exists; name another path`)
  return target
}

function copyInThread(location: string, copy: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const workerData = { driver: driverModule(), location, copy }
    const thread = new Worker(program, { eval: true, workerData })
    thread.once('message', resolve)
    thread.once('error', reject)
    thread.once('exit', () => reject(new Error('The thread that copied ended')))
  })
}

function sync(path: string, flags: string): void {
  const file = openSync(path, flags)
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
