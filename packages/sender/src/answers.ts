/** Whether an answer is a 2xx. */
export function isSuccess(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300
}

/** RFC 9110 §10.2.3: whole seconds, or a date. Anything else asks for nothing. */
export function retryAfterMs(value: string | null | undefined, now: number): number {
  if (value === null || value === undefined) return 0
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000
  const at = Date.parse(value)
  return Number.isNaN(at) ? 0 : Math.max(at - now, 0)
}
