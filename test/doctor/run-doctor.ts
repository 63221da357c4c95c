import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProbeName, Severity } from '../../packages/cli/src/doctor/evidence.ts'
import { bundled } from '../support/bundled.ts'
import { freePort, root } from '../support/processes.ts'

/** What `acuse doctor --json` prints, as far as it is looked at. */
export interface Report {
  readonly score: number
  readonly counts: Readonly<Record<string, number>>
  readonly findings: readonly Finding[]
  readonly checks: readonly { readonly code: string; readonly result: string; readonly why?: string }[]
  readonly requests: number
  readonly durationMs: number
}

/** A finding. */
export interface Finding {
  readonly code: string
  readonly severity: Severity
  readonly title: string
  readonly evidence: readonly {
    readonly probe: ProbeName
    readonly sent: string
    readonly came: Readonly<Record<string, unknown>>
  }[]
  readonly means: string
  readonly remedy: string
}

/** A run of the command. */
export interface Ran {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built command in a process of its own, which `interrupt` may end. */
export function acuse(
  args: readonly string[],
  env: Record<string, string> = {},
  interrupt: (interrupted: () => void) => unknown = () => {},
): Promise<Ran> {
  const bin = join(root, 'packages/cli/dist/bin.js')
  const child = spawn(process.execPath, [bin, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  interrupt(() => void child.kill('SIGINT'))
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  return new Promise((resolve) => child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr })))
}

/** A receiver of the tests. */
export interface Examinee {
  /** A program, from the folder of the tests. */
  readonly program: string
  readonly provider: string
  /** The name of the variable that names its file of effects. Default `EFFECTS`. */
  readonly effects?: string
  readonly env?: (folder: string) => Record<string, string>
  readonly patience: string
  readonly args?: readonly string[]
}

/** Of the form of Redcumbre's, and nobody's. */
const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'

/** A folder, a port, and the environment of a receiver there. */
export async function placeFor({ program, provider, effects = 'EFFECTS', env }: Examinee) {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-doctor-'))
  const port = await freePort()
  const effectFile = join(folder, 'effects.log')
  const variable = `${provider.toUpperCase()}_WEBHOOK_SECRET`
  return {
    url: `http://127.0.0.1:${port}/webhooks/${provider}`,
    effectFile,
    command: [process.execPath, program.endsWith('.js') ? program : bundled(join(root, 'test', program))]
      .map((word) => `'${word}'`)
      .join(' '),
    env: {
      PORT: String(port),
      SECRET: secret,
      [variable]: secret,
      [effects]: effectFile,
      ...env?.(folder),
    },
  }
}

/** Has a receiver started, examined and killed by the command. */
export async function examineBy(examinee: Examinee): Promise<{ exitCode: number | null; report: Report }> {
  const { url, effectFile, command, env } = await placeFor(examinee)
  const { provider, patience, args = [] } = examinee
  const options = ['--provider', provider, '--effect-file', effectFile, '--start', command]
  const ran = await acuse(['doctor', url, ...options, '--patience', patience, '--json', ...args], env)
  return { exitCode: ran.exitCode, report: toReport(ran) }
}

/** @throws Error with what it printed, when that is no report */
export function toReport({ stdout, stderr }: Ran): Report {
  try {
    return JSON.parse(stdout) as Report
  } catch {
    throw new Error(`no report: ${stdout}${stderr}`)
  }
}
