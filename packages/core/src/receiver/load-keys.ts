import { disregard } from '../lib/fence.ts'
import type { Provider } from '../model/provider.ts'
import { loadKeys } from './authenticate.ts'
import type { ReceiverSettings } from './settings.ts'
import { warnOfSharedKeys } from './shared-keys.ts'

/** As long as a secret manager may take while a process starts. */
const timeoutMs = 30_000

/** Asks for the keys that are given by functions. Never throws. */
export function askForKeys(
  { name, scheme }: Pick<Provider<object>, 'name' | 'scheme'>,
  { clock, logger, endpoint }: Pick<ReceiverSettings, 'clock' | 'logger' | 'endpoint'>,
  /** Whether nobody else will say what is wrong: the refusal of a request does. */
  isFirstToKnow: boolean,
): void {
  if (scheme.loadKeys === undefined) return
  const asked = loadKeys(scheme, { timeoutMs, clock }) ?? Promise.resolve(undefined)
  const told = asked.then((refusal) => {
    if (refusal === undefined) return warnOfSharedKeys(scheme, endpoint, logger)
    if (!isFirstToKnow) return
    const details = 'error' in refusal ? { err: refusal.error } : {}
    logger.warn(
      { ...details, provider: name, endpoint, code: refusal.code },
      `${name}: its secret cannot be had, and requests are answered with 503 until it can. Set it where this process runs; a process that only works needs none`,
    )
  })
  disregard(told)
}
