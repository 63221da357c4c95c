// Records the session of docs/cli.md and docs/es/cli.md from real runs: what differs from run to run is written as it always was.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** Each page, and the locale in which its session runs. */
export const sessionPages = { 'docs/cli.md': 'C', 'docs/es/cli.md': 'es_CL.UTF-8' } as const
type SessionPage = keyof typeof sessionPages

const start = '<!-- session -->\n'
const end = '<!-- /session -->'

/** The page with its session recorded anew. */
export async function recordedPage(page: SessionPage): Promise<string> {
  const text = readFileSync(join(root, page), 'utf8')
  const [before = '', rest = ''] = text.split(start)
  const [, after = ''] = rest.split(end)
  return `${before}${start}\n\`\`\`console\n${await record(sessionPages[page])}\`\`\`\n\n${end}${after}`
}

const commands = [
  'providers fintoc',
  'explain --provider fintoc --other before=env:OLD_SECRET refused.http',
  'explain --provider fintoc --secret-env OLD_SECRET refused.http --at 2026-11-27T12:00:20Z',
  'explain --provider fintoc --secret-env OLD_SECRET refused.http --at 2026-11-27T12:10:00Z --lang es',
  'send fintoc payment_intent.suceeded --to http://127.0.0.1:9/webhooks/fintoc',
]

async function record(locale: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-session-'))
  try {
    writeFileSync(join(folder, 'refused.http'), await refused())
    const shown: string[] = []
    for (const command of commands)
      shown.push(`$ acuse ${command}\n${await run(command.split(' '), folder, locale)}`)
    return shown.join('\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const secret = 'wh_sec_8d4f0c1be2a79356d8b1c4e07a92f35d'
const oldSecret = 'wh_sec_f35d8d4f0c1be2a79356d8b1c4e07a92'

/** A request that was signed with the secret of before. */
async function refused(): Promise<string> {
  const { createHmac } = await import('node:crypto')
  const body = '{"id":"evt_1","type":"charge.succeeded","data":{}}'
  const time = String(Date.parse('2026-11-27T12:00:00Z') / 1_000)
  const signature = createHmac('sha256', oldSecret).update(`${time}.${body}`).digest('hex')
  return `POST /webhooks/fintoc HTTP/1.1\nFintoc-Signature: t=${time},v1=${signature}\nContent-Length: ${body.length}\n\n${body}`
}

async function run(args: readonly string[], cwd: string, locale: string): Promise<string> {
  const bin = join(root, 'packages/cli/dist/bin.js')
  const secrets = { FINTOC_WEBHOOK_SECRET: secret, OLD_SECRET: oldSecret }
  const env = { PATH: process.env['PATH'], LANG: locale, ...secrets }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [bin, ...args], { cwd, env }).catch(
    (error: { readonly stdout: string; readonly stderr: string }) => error,
  )
  const now = /\d{4}-\d\d-\d\dT[\d:.]+Z(?= \((?:now|ahora)\))/g
  // The list of events is long.
  return `${stdout}${stderr}`
    .replace(now, '2026-11-27T12:30:00.000Z')
    .replace(/(\n {4}\w[\w.]*){4,}\n/, (list) => `${list.split('\n').slice(0, 4).join('\n')}\n    …\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const page of Object.keys(sessionPages) as SessionPage[])
    writeFileSync(join(root, page), await recordedPage(page))
