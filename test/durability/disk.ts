import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { hard, milliseconds, type Row } from '../support/report.ts'
import type { Blow, Stage } from './blows.ts'
import { none, told } from './campaign.ts'
import type { Watch } from './senders.ts'

const failingMs = 400
const recoverMs = 15_000
const refusalMs = 1_000

/** The answers to senders while the disk failed. */
class Refusals {
  #refused = 0
  #accepted = 0
  #duplicates = 0
  #others = 0
  #slowestMs = 0

  add({ answers, slowestMs }: Watch): void {
    for (const [name, count] of Object.entries(answers)) {
      if (name === '503') this.#refused += count
      else if (name === '200') this.#accepted += count
      else if (name === '200 duplicate') this.#duplicates += count
      else this.#others += count
    }
    this.#slowestMs = Math.max(this.#slowestMs, slowestMs)
  }

  get accepted(): number {
    return this.#accepted
  }

  rows(): Row[] {
    return [
      {
        figure: '503 while the disk failed',
        value: String(this.#refused),
        goal: hard('> 0', this.#refused > 0),
      },
      told('duplicates of what was safe, meanwhile', this.#duplicates),
      none('other answers, or none, meanwhile', this.#others),
      {
        figure: 'slowest answer meanwhile',
        value: milliseconds(this.#slowestMs),
        goal: hard(`<= ${refusalMs} ms`, this.#slowestMs <= refusalMs),
      },
    ]
  }
}

/** Whether `failSync` can be used here. */
export function canFailSync(): boolean {
  try {
    execFileSync('strace', ['-e', 'inject=fsync:error=EIO', '-o', '/dev/null', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Every fsync of the receiver's process fails with EIO, in the kernel's name: strace answers instead of it. */
export function failSync(): Blow {
  const refusals = new Refusals()
  return {
    async strike(stage) {
      const calls = 'fsync,fdatasync'
      const args = [
        '-f',
        '-p',
        String(stage.victim.pid),
        '-e',
        `trace=${calls}`,
        '-e',
        `inject=${calls}:error=EIO`,
      ]
      const strace = spawn('strace', [...args, '-o', '/dev/null'], { stdio: ['ignore', 'ignore', 'pipe'] })
      const exited = once(strace, 'exit')
      for await (const line of createInterface({ input: strace.stderr })) if (/ attached/.test(line)) break
      strace.stderr.resume()
      // Attempts that began after strace was attached and ended before it was detached.
      const unwatch = stage.senders.watch()
      await sleep(failingMs)
      refusals.add(unwatch())
      strace.kill('SIGINT')
      await exited
      await untilAccepting(stage)
    },
    rows: () => [none('false acknowledgements while fsync failed', refusals.accepted), ...refusals.rows()],
  }
}

/** Whether `fillDisk` can be used here. */
export function canMount(): boolean {
  return process.getuid?.() === 0 && process.platform === 'linux'
}

const diskBytes = 64 * 2 ** 20

/** A small disk for a folder; the returned function takes it away. */
export function mountDisk(folder: string): () => void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes}`, 'tmpfs', folder])
  return () => void execFileSync('umount', ['--lazy', folder])
}

/** The disk is filled to the last byte by somebody else, and then has room again. */
export function fillDisk(): Blow {
  const refusals = new Refusals()
  return {
    async strike(stage) {
      const filler = join(stage.folder, 'filler')
      fill(filler)
      const unwatch = stage.senders.watch()
      await sleep(failingMs * 2)
      refusals.add(unwatch())
      rmSync(filler)
      await untilAccepting(stage)
    },
    rows: () => [told('accepted in what room the file had left', refusals.accepted), ...refusals.rows()],
  }
}

function fill(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (let size = 2 ** 20; size >= 1; ) {
      try {
        if (writeSync(file, Buffer.alloc(size)) < size) size /= 2
      } catch {
        size = Math.floor(size / 2)
      }
    }
  } finally {
    closeSync(file)
  }
}

async function untilAccepting({ senders }: Stage): Promise<void> {
  const before = senders.sent.acknowledged.size
  for (
    const deadline = Date.now() + recoverMs;
    senders.sent.acknowledged.size < before + 10;
    await sleep(20)
  ) {
    if (Date.now() > deadline) throw new Error(`Nothing was accepted within ${recoverMs} ms of the mending`)
  }
}
