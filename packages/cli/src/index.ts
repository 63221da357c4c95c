export { acuse } from './acuse.ts'
export type { World } from './command/context.ts'
export type { ExitCode } from './command/exit-code.ts'
export { exitCodes } from './command/exit-code.ts'
