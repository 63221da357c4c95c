import type { Context } from '../../command/context.ts'
import { warn } from '../../command/print.ts'

/** What a store tells whoever runs the service, and Node whoever chose it. */
const hushed: readonly string[] = [
  'ACUSE_REDIS_DURABILITY',
  'ACUSE_POSTGRES_NOT_DURABLE',
  'ExperimentalWarning',
]

/** Tells the warnings of the process as the command does, without those that are meant for others; until it is undone. */
export function hushWarnings(context: Context): () => void {
  const before = process.listeners('warning')
  const tell = (warning: Error & { readonly code?: string }): void => {
    if (!hushed.includes(warning.code ?? '') && !hushed.includes(warning.name)) warn(context, warning.message)
  }
  process.removeAllListeners('warning')
  process.on('warning', tell)
  return () => {
    process.off('warning', tell)
    for (const listener of before) process.on('warning', listener)
  }
}
