import type { ZenpliSettings } from './options.ts'

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const productName = /^[a-z0-9][a-z0-9-]*$/

/**
 * Checks what can be checked without the proof.
 * @throws TypeError when a setting cannot be used
 */
export function checkSettings({ timestamp, product, result, timestampHeader }: ZenpliSettings): void {
  if (timestamp !== undefined && timestamp !== 'optional' && timestamp !== 'required')
    throw new TypeError("zenpli timestamp must be 'optional' or 'required'")
  if (product !== undefined && (typeof product !== 'string' || !productName.test(product)))
    throw new TypeError("zenpli product must be lower-case letters, digits and hyphens, such as 'kyb'")
  if (result !== undefined && typeof result?.['~standard']?.validate !== 'function')
    throw new TypeError("zenpli result must be a schema that speaks Standard Schema, such as zod's")
  if (timestampHeader === undefined) return
  if (typeof timestampHeader !== 'string' || !headerName.test(timestampHeader))
    throw new TypeError('zenpli timestampHeader must be a header name (RFC 9110 §5.6.2)')
}
