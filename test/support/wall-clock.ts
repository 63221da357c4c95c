import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The wall clock of processes that are started with its environment. */
export interface WallClock {
  readonly env: Readonly<Record<string, string>>
  /** Sets it apart from the machine's; negative: back. */
  set(byMs: number): void
  /** When those processes have ended. */
  remove(): void
}

/** libfaketime, where Debian's package puts it; `undefined`: it is not installed. */
function fakeTime(): string | undefined {
  const parent = '/usr/lib'
  const places = readdirSync(parent).map((name) => join(parent, name, 'faketime', 'libfaketime.so.1'))
  return places.find((path) => existsSync(path))
}

/** Whether a process's clock can be set here. */
export const canSetClock = (): boolean => fakeTime() !== undefined

/** A wall clock that can be set, by libfaketime; the monotonic clock stays the machine's. */
export function createWallClock(): WallClock {
  const library = fakeTime()
  if (library === undefined) throw new Error('There is no libfaketime: see services.ts')
  const folder = mkdtempSync(join(tmpdir(), 'acuse-clock-'))
  const file = join(folder, 'faketime')
  const set = (byMs: number): void =>
    writeFileSync(file, `${byMs < 0 ? '-' : '+'}${Math.abs(byMs) / 1_000}\n`)
  set(0)
  return {
    env: {
      // With jemalloc, which Redis allocates by, libfaketime asks itself for the time without end; not with libc's allocator.
      LD_PRELOAD: `${library}:libc.so.6`,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    },
    set,
    remove: () => rmSync(folder, { recursive: true }),
  }
}
