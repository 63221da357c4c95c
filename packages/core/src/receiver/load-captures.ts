import { fence } from '../lib/fence.ts'
import { writeFailure } from '../log/logger.ts'
import type { Outcome } from '../model/outcome.ts'
import type { Provider } from '../model/provider.ts'
import type { RequestHead } from '../schemes/keys.ts'
import type { Captures } from './captures.ts'
import type { ReceiverSettings } from './settings.ts'

/** Captures that may still be loading. */
export interface LateCaptures {
  /** A refused request is remembered; whatever comes of it, the answer stays. Never throws. */
  add(request: RequestHead, body: Uint8Array | undefined, outcome: Outcome): void
  /** Waits for what is being kept. */
  close(timeoutMs: number): Promise<void>
}

/** Loaded where it is asked for: most receivers keep none, and pay nothing for it. */
export function loadCaptures(
  provider: Provider<object>,
  settings: ReceiverSettings,
): LateCaptures | undefined {
  const { capture, logger, endpoint } = settings
  if (capture === undefined) return undefined
  const loading: Promise<Captures | undefined> = import('./captures.ts')
    .then((room) => new room.Captures(provider, capture, settings))
    .catch((error: unknown) => {
      fence(() => writeFailure(logger, `${endpoint}: no refused requests are kept`, error))
      return undefined
    })
  return {
    add: (request, body, outcome) =>
      fence(() => loading.then((captures) => captures?.add(request, body, outcome))),
    close: async (timeoutMs) => (await loading)?.close(timeoutMs),
  }
}
