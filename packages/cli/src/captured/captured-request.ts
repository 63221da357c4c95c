import { fromRawHeaders, type WebhookRequest } from '@acuse/core'

/** How a captured request is written. */
export type CaptureFormat = 'curl command' | 'curl -v' | 'HAR' | 'JSON' | 'NDJSON' | 'raw HTTP'

/**
 * What a capture cannot say, or says by halves. `body-missing`: it has no body, and there was one. `body-not-exact`: its body is
 * text that stands for other bytes. `body-parsed`: it is a value that was parsed, and was printed again. `body-cut`: its end is
 * missing. `body-length`: it is not as long as its `Content-Length` says. `redacted`: values were taken out.
 */
export type CaptureNote =
  | 'body-missing'
  | 'body-not-exact'
  | 'body-parsed'
  | 'body-cut'
  | 'body-length'
  | 'redacted'

/** A request that somebody captured. */
export interface CapturedRequest {
  readonly method: string
  readonly url: string
  /** In their order, with every repetition. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
  /** When it came, where the capture says so. */
  readonly at?: Date
  readonly notes: readonly CaptureNote[]
  /** The code with which a receiver refused it, where that receiver captured it. */
  readonly refusedWith?: string
  /** The names of headers and parameters whose values were taken out. */
  readonly redacted?: readonly string[]
  /** Tells it from others of its file. */
  readonly id?: string
}

/** Requests, and how they were written. */
export interface Capture {
  readonly format: CaptureFormat
  readonly requests: readonly CapturedRequest[]
}

/**
 * Why a capture cannot be read. `unknown`: of no format that is known. `malformed`: it begins as one and breaks off.
 * `empty`: there is no request in it. `not-supported`: it names what cannot be followed, such as a form of `curl -F`.
 */
export type CaptureFault = 'unknown' | 'malformed' | 'empty' | 'not-supported'

/** A capture cannot be read. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError'
  readonly fault: CaptureFault
  readonly format: CaptureFormat | undefined

  /** @param detail what is wrong, in the terms of the format */
  constructor(fault: CaptureFault, format: CaptureFormat | undefined, detail = '') {
    super(detail)
    this.fault = fault
    this.format = format
  }
}

/** The request as a receiver would have it. */
export function toWebhookRequest({ method, url, headers, body }: CapturedRequest): WebhookRequest {
  return { method, url, headers: fromRawHeaders(headers.flat()), body }
}

/** The value of a header, its name in lower case; the last, where it stands several times. */
export function headerOf({ headers }: Pick<CapturedRequest, 'headers'>, name: string): string | undefined {
  return headers.findLast(([each]) => each.toLowerCase() === name)?.[1]
}

/** What the length that a request states says of the body that was captured. */
export function notesOfLength(
  headers: CapturedRequest['headers'],
  body: Uint8Array,
): readonly Extract<CaptureNote, 'body-missing' | 'body-length'>[] {
  const stated = headerOf({ headers }, 'content-length')
  const length = stated !== undefined && /^\d{1,12}$/.test(stated.trim()) ? Number(stated) : undefined
  if (length === undefined || length === body.byteLength) return []
  return [body.byteLength === 0 ? 'body-missing' : 'body-length']
}

/** The bytes of a text, and whether they may be others than those that came: a decoder wrote U+FFFD for what it could not read. */
export function textBody(text: string): {
  readonly body: Uint8Array
  readonly notes: readonly CaptureNote[]
} {
  return { body: Buffer.from(text, 'utf8'), notes: text.includes('\uFFFD') ? ['body-not-exact'] : [] }
}
