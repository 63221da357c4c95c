import { checkOptions } from '../lib/check-options.ts'
import { wholeNumber } from '../lib/options.ts'
import type { CaptureOptions } from '../model/refused-request.ts'

/**
 * The option, checked.
 * @throws TypeError that says how to fix it
 */
export function checkCapture(given: CaptureOptions): Required<CaptureOptions> {
  checkOptions('capture', given, { refused: 'number', keep: 'function', maxBodyBytes: 'number' }, 'capture.')
  const { refused, keep, maxBodyBytes = 65_536 } = given
  if (keep === undefined)
    throw new TypeError("capture.keep must be a function, such as captureFile('refused.ndjson')")
  return {
    refused: wholeNumber('capture.refused', refused, 1, 1_000),
    keep,
    maxBodyBytes: wholeNumber('capture.maxBodyBytes', maxBodyBytes, 0, 2 ** 20),
  }
}
