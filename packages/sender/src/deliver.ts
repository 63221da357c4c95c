import type { Clock } from '@acuse/core'
import { post } from './post.ts'
import type { Attempt, SendReport } from './report.ts'
import type { Signer } from './signer.ts'

/** How to deliver. */
export interface Way {
  readonly signer: Pick<Signer, 'name' | 'sending'>
  readonly clock: Clock
  readonly sleep: (delayMs: number) => Promise<void>
  /** The most attempts; `undefined`: the provider's. */
  readonly attempts: number | undefined
}

/** Posts until a 2xx, or the end of the provider's table. */
export async function deliver(
  event: string,
  request: SendReport['request'],
  { signer, clock, sleep, attempts: most }: Way,
): Promise<SendReport> {
  const attempts: Attempt[] = []
  const { attemptDelaysMs, timeoutMs } = signer.sending
  for (const delayMs of attemptDelaysMs.slice(0, most)) {
    if (delayMs > 0) await sleep(delayMs)
    const { attempt } = await post(request, { number: attempts.length + 1, delayMs, timeoutMs, clock })
    attempts.push(attempt)
    if (isSuccess(attempt.status)) break
  }
  const status = attempts.at(-1)?.status
  return { provider: signer.name, event, delivered: isSuccess(status), status, attempts, request }
}

function isSuccess(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300
}
