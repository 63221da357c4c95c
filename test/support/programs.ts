import { programs, provide } from './services.ts'

/** Finds the large programs that only some tests run, or installs them where that is possible. */
export function setup(): Promise<void> {
  return provide(programs)
}
