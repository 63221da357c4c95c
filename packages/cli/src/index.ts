export type { Colors, Context, World } from './command/context.ts'
export type { ExitCode } from './command/exit-code.ts'
export { exitCodes } from './command/exit-code.ts'
export { runAcuse } from './program.ts'
