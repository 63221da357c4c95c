// Starts the example on a free port, sends it what Redcumbre would and what an attacker would, and shows
// what each delivery got and which handlers ran; then kills it in the middle of its work, and starts it again.
// Exit 0 only if all is as it must be. With --dashboard it leaves it running then, and prints where its dashboard is.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { redcumbre, redcumbreEventNames } from '@acuse/providers/redcumbre'
import { createSender, type SendReport } from '@acuse/sender'
import { crash, untilHandled } from './demo-crash.ts'
import { showDashboard } from './demo-dashboard.ts'
import { printTable, type Row } from './demo-table.ts'
import { readHandled, startExample } from './start-example.ts'

const secret = 'f3a9c1d07be2485690d4c7ab13ef52680a9b7d4e6c1f3825d07e9ba4c61f8d23'
const wrongSecret = '00c1d2e3f405162738495a6b7c8d9eaf00c1d2e3f405162738495a6b7c8d9eaf'

const folder = mkdtempSync(join(tmpdir(), 'acuse-demo-'))
const handledLog = join(folder, 'handled.jsonl')
const inbox = `sqlite:${join(folder, 'webhooks.db')}`
const example = await startExample({ secret, inbox, handledLog })
const rows = await deliver(`${example.url}/webhooks/redcumbre`)
await untilHandled(handledLog, 13)
await example.stop()
const good = printTable(rows, readHandled(handledLog))
const survived = await crash({ secret, inbox, handledLog: join(folder, 'crash.jsonl') })
if (process.argv.includes('--dashboard'))
  await showDashboard({ secret, wrongSecret, inbox, handledLog: join(folder, 'shown.jsonl') })
rmSync(folder, { recursive: true })
process.exitCode = good && survived ? 0 : 1

async function deliver(url: string): Promise<readonly Row[]> {
  // The waits of Redcumbre's table are left out: the demo takes no 31 s.
  const sleep = async (): Promise<void> => {}
  const sender = createSender({ provider: redcumbre, secret, url, sleep })
  const stranger = createSender({ provider: redcumbre, secret: wrongSecret, url, sleep })
  const rows: Row[] = []
  const show = (what: string, report: SendReport, status: number, handled: number, note: string): void => {
    rows.push({ what, report, status, handled, note })
  }

  let first: SendReport | undefined
  for (const event of redcumbreEventNames) {
    const report = await sender.send(event)
    if (event === 'bhe.emitida') first = report
    show(event, report, 200, 1, 'accepted')
  }
  if (!first) throw new Error('bhe.emitida is not among the events')
  show('  the same bytes again', await sender.resend(first), 200, 1, 'duplicate: its handler ran once')
  const tampered = await sender.send('bhe.emitida', {}, { tamper: raise })
  show('  its net amount raised', tampered, 401, 0, 'the signature is over other bytes')
  show('  signed with another secret', await stranger.send('bhe.emitida'), 401, 0, 'not from Redcumbre')
  const late = await sender.send('bhe.emitida', {}, { at: new Date(Date.now() - 3_600_000) })
  show('  an hour late', late, 200, 1, 'accepted: its copies are remembered for longer')
  const old = await sender.send('bhe.emitida', {}, { at: new Date(Date.now() - 8 * 86_400_000) })
  show('  signed eight days ago', old, 401, 0, 'stale: it may be a replay; kept as a dead letter')

  return rows
}

function raise(body: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(body).toString().replace('"liquido":194062', '"liquido":994062'))
}
