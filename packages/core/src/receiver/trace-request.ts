import { runTraced } from '../lib/run-traced.ts'
import type { Outcome } from '../model/outcome.ts'
import type { RequestHead } from '../schemes/keys.ts'
import type { ReceiverSettings } from './settings.ts'
import type { TraceCarrier } from './tracer.ts'

/** Runs the whole way of a request under the tracer, where there is one. */
export function traceRequest(
  { method, url, headers }: RequestHead,
  provider: string,
  { tracer, endpoint }: Pick<ReceiverSettings, 'tracer' | 'endpoint'>,
  run: (carrier?: TraceCarrier) => Promise<Outcome>,
): Promise<Outcome> {
  if (!tracer) return run()
  const traced = { provider, endpoint, request: { method, url, headers } }
  return runTraced((once) => tracer.receive(traced, once), run)
}
