import { readFileSync, statSync } from 'node:fs'

// The bytes of the index that readers lock, each for a mark up to which it needs the WAL.
const firstMark = 123
const lastMark = 127

/** Who reads the file in a transaction, in words; Linux tells, where it may be read. */
export function readersOf(location: string): string {
  const names = readLocks(location).map(nameOf)
  if (names.length === 0) return 'another connection'
  return [...new Set(names)].join(' and ')
}

/** The processes that hold a lock of a reader. */
function readLocks(location: string): number[] {
  try {
    const { ino } = statSync(`${location}-shm`)
    // `1: POSIX  ADVISORY  READ 4711 fe:00:1234 124 124`
    return readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , , , file = '', from, to]) => {
        const isMark = Number(from) >= firstMark && Number(to) <= lastMark
        return isMark && file.endsWith(`:${ino}`)
      })
      .map(([, , , , pid]) => Number(pid))
  } catch {
    return []
  }
}

function nameOf(pid: number): string {
  if (pid === process.pid) return 'a connection of this process'
  try {
    return `process ${pid} (${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()})`
  } catch {
    return pid > 0 ? `process ${pid}` : 'a process of another container'
  }
}
