import type { Stats } from 'node:fs'

const key = Symbol.for('@acuse/sqlite open files')

/** Which files this process has open, whatever copy of this package opened them. */
const open: Map<string, number> = Reflect.get(globalThis, key) ?? new Map<string, number>()
Reflect.set(globalThis, key, open)

/** Notes that a connection has the file open. */
export function noteOpen(file: Stats): void {
  open.set(nameOf(file), (open.get(nameOf(file)) ?? 0) + 1)
}

/** Notes that it has not any more. */
export function noteClosed(file: Stats): void {
  const left = (open.get(nameOf(file)) ?? 0) - 1
  if (left > 0) open.set(nameOf(file), left)
  else open.delete(nameOf(file))
}

/** Whether a connection of this process has it open. */
export function isOpenHere(file: Stats): boolean {
  return open.has(nameOf(file))
}

function nameOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`
}
