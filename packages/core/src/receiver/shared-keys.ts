import { fence } from '../lib/fence.ts'
import { processWide } from '../lib/process-wide.ts'
import type { Logger } from '../model/logger.ts'
import type { Scheme } from '../model/scheme.ts'

/** The endpoint that first took a key, by what stands for the key. */
const endpoints = processWide('shared-keys/1', () => new Map<string, string>())

/**
 * Says that two endpoints take one key, such as two products of one sender: where nothing signed names the endpoint, a
 * request that was captured at one of them is authentic at the other.
 */
export function warnOfSharedKeys(scheme: Scheme, endpoint: string, logger: Logger): void {
  fence(() => {
    for (const mark of scheme.keyMarks?.() ?? []) {
      const other = endpoints.get(mark) ?? endpoint
      endpoints.set(mark, other)
      if (other !== endpoint) {
        logger.info(
          { endpoint, other },
          `'${other}' and '${endpoint}' take the same key, so that whoever captures a request of one can send it to the other. Agree on a key for each, or state in provider.tenantOf what must agree with the key`,
        )
      }
    }
  })
}
