import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { redcumbre, redcumbreEventNames } from '@acuse/providers/redcumbre'
import { createSender, type SendReport } from '@acuse/sender'
import { startExample } from './start-example.ts'

const everyMs = 600
/** Its handler fails for good, and it becomes a dead letter. */
const fails = 'bhe.emision_fallida'

/** Leaves the example running with its dashboard, and a little traffic to look at, until Ctrl-C. */
export async function showDashboard(options: {
  readonly secret: string
  readonly wrongSecret: string
  readonly inbox: string
  readonly handledLog: string
}): Promise<void> {
  const token = randomBytes(18).toString('base64url')
  const example = await startExample({ ...options, dashboard: token, fails, handlerDelayMs: 40 })
  const ended = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort())
  console.log(`The dashboard: ${example.url}/acuse?token=${token}\nCtrl-C ends it.`)
  await sendUntil(ended.signal, `${example.url}/webhooks/redcumbre`, options)
  await example.stop()
}

async function sendUntil(
  ended: AbortSignal,
  url: string,
  { secret, wrongSecret }: { readonly secret: string; readonly wrongSecret: string },
): Promise<void> {
  const noWaits = async (): Promise<void> => {}
  const sender = createSender({ provider: redcumbre, secret, url, sleep: noWaits })
  const stranger = createSender({ provider: redcumbre, secret: wrongSecret, url, sleep: noWaits })
  let last: SendReport | undefined
  for (let n = 0; !ended.aborted; n++) {
    const event = redcumbreEventNames[n % redcumbreEventNames.length] ?? 'bhe.emitida'
    if (n % 5 === 4 && last !== undefined) await sender.resend(last)
    else if (n % 7 === 6) await stranger.send(event)
    else last = await sender.send(event)
    await sleep(everyMs, undefined, { signal: ended }).catch(() => {})
  }
}
