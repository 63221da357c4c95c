import { fstatSync, readdirSync, readSync, type Stats, statSync } from 'node:fs'

/** Whether both are of one file. */
export function isSame(a: Stats, b: Stats): boolean {
  return a.ino === b.ino && a.dev === b.dev
}

/** The descriptors under which this process has a file open, SQLite's own among them. */
export function descriptorsOf(file: Stats): number[] {
  return namesOf('/dev/fd')
    .map(Number)
    .filter((descriptor) => {
      try {
        return isSame(fstatSync(descriptor), file)
      } catch {
        // Closed meanwhile.
        return false
      }
    })
}

/**
 * Whether one of the pages at these offsets is empty. Read through a descriptor that SQLite has open: opening the file
 * and closing it again would drop the locks that this process holds on it.
 */
export function hasEmptyPage(file: Stats, pages: readonly number[]): boolean {
  const [descriptor] = descriptorsOf(file)
  if (descriptor === undefined) return false
  const beginning = Buffer.alloc(1)
  return pages.some((at) => {
    beginning[0] = 0
    readSync(descriptor, beginning, 0, 1, at)
    return beginning[0] === 0
  })
}

function namesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** What is at a path; `undefined`: nothing. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    // A folder of it is none any more, or may not be read.
    return undefined
  }
}
