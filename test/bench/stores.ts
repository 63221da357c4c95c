import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startDurableRedis } from '../support/redis.ts'
import type { Variant } from './http-server.ts'

/** Where stores are kept, for as long as a section runs. */
export interface Stores {
  /** A place for a new store of a variant; `undefined` where it needs none. */
  placeFor(variant: Variant): string | undefined
  readonly redisUrl: string
  remove(): Promise<void>
}

/** A folder, and a Redis that has on disk what it confirms. */
export async function createStores(): Promise<Stores> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-bench-'))
  const redis = await startDurableRedis()
  let files = 0
  return {
    redisUrl: redis.url,
    placeFor(variant) {
      if (variant === 'sqlite') return join(folder, `${files++}.db`)
      return variant === 'bullmq' || variant === 'handled, redis' ? redis.url : undefined
    },
    async remove() {
      await redis.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
