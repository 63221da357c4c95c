import { setTimeout as sleep } from 'node:timers/promises'
import { redcumbre } from '@acuse/providers/redcumbre'
import { createSender } from '@acuse/sender'
import { readHandled, startExample } from './start-example.ts'

const deliveries = 30

/** Kills the example in the middle of its work, starts it again, and tells whether anything was lost. */
export async function crash(options: {
  readonly secret: string
  readonly inbox: string
  readonly handledLog: string
}): Promise<boolean> {
  const doomed = await startExample({ ...options, handlerDelayMs: 150 })
  const url = `${doomed.url}/webhooks/redcumbre`
  const sender = createSender({ provider: redcumbre, secret: options.secret, url })
  const reports = await Promise.all(
    Array.from({ length: deliveries }, (_, n) => sender.send('bhe.emitida', { bheId: `crash-${n}` })),
  )
  const acknowledged = reports.filter(({ delivered }) => delivered).length
  await untilHandled(options.handledLog, 5)
  await doomed.kill()
  const before = distinct(options.handledLog)
  const again = await startExample(options)
  await untilHandled(options.handledLog, acknowledged)
  await again.stop()
  const after = distinct(options.handledLog)
  console.log(
    `SIGKILL in the middle: ${acknowledged} acknowledged, ${before} of them handled before, ${after} after the restart`,
  )
  return acknowledged === deliveries && before < acknowledged && after === acknowledged
}

/** Waits until a log names so many events, at most 20 s. */
export async function untilHandled(handledLog: string, events: number): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(20)) {
    if (distinct(handledLog) >= events) return
  }
}

/** How many events a log names; one may stand there twice, because a crash can come after its handler. */
function distinct(handledLog: string): number {
  return new Set(readHandled(handledLog).map(({ id }) => id)).size
}
