// For Node, Bun and Deno.
import { overSocket, runtime } from './serve.ts'
import { runSuite } from './suite.ts'
import { summaryLines } from './summary.ts'

const results = await runSuite(overSocket)
for (const line of summaryLines(runtime.name, runtime.version, results)) console.log(line)
// Not exitCode: a stream that never ends may keep a process alive.
process.exit(results.some(({ error }) => error !== undefined) ? 1 : 0)
