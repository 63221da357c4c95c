#!/usr/bin/env node
import { exitCodes } from './command/exit-code.ts'
import { runAcuse } from './program.ts'

const { stdout, stderr, stdin, env } = process
const abort = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait for what is being put in order.
    if (abort.signal.aborted) process.exit(exitCodes.interrupted)
    abort.abort()
  })
}
// What nobody waits for any more may fail when it is interrupted; the command ends by its own way.
process.on('unhandledRejection', (error) => {
  if (!abort.signal.aborted) throw error
})
// The reader of a pipe, such as `head`, has seen enough.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.unreachable)
})

if (typeof String.prototype.isWellFormed !== 'function') {
  stderr.write(`acuse: needs Node 20.19 or newer; this is Node ${process.version}\n`)
  process.exit(exitCodes.usage)
}

const exitCode = await runAcuse(process.argv.slice(2), {
  stdout,
  stderr,
  stdin,
  env,
  cwd: process.cwd(),
  isTerminal: { stdin: stdin.isTTY === true, stdout: stdout.isTTY === true, stderr: stderr.isTTY === true },
  signal: abort.signal,
})
process.exitCode = exitCode
// What was interrupted may still hold connections and timers.
if (exitCode === exitCodes.interrupted) process.exit()
