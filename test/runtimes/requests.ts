/** The tests' secret; nobody else's. */
export const secret = 'b1d4c0ffee5eed00b1d4c0ffee5eed01b1d4c0ffee5eed02b1d4c0ffee5eed03'
export const path = '/webhooks/redcumbre'
export const signatureHeader = 'x-webhook-signature'

const encoder = new TextEncoder()

/** The bodies that `fetch` takes in every runtime. */
export type Body = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | string

/** The bytes of a text. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}

/** A payload of Redcumbre, sent now unless told otherwise; its letters take one byte, two and four. */
export function payload(id: string, at: Date = new Date()): object {
  return {
    event: 'emisor.revocado',
    data: {
      emisorId: id,
      emisorType: 'tributario',
      rut: '77438768-4',
      razonSocial: 'PEÑA Y NÚÑEZ SPA \u{1f4e8}',
      tenantId: '8',
      revokedBy: 'USER',
      motivoRevocacion: null,
    },
    timestamp: at.toISOString(),
  }
}

/** The same as bytes. */
export function delivery(id: string, at?: Date): Uint8Array<ArrayBuffer> {
  return bytesOf(JSON.stringify(payload(id, at)))
}

/** Redcumbre's signature, by the runtime's WebCrypto: not by what is tested. */
export async function signatureOf(body: Uint8Array<ArrayBuffer>): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign'])
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, body))
  return [...signature].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A request: its path, and what `fetch` and `new Request` take beside. */
export interface Call {
  readonly to: string
  readonly init: RequestInit
}

/** A POST. */
export function post(body: Body, headers: Record<string, string>, to: string = path): Call {
  // Half is required of a stream, and harmless elsewhere.
  return { to, init: { method: 'POST', body, headers, duplex: 'half' } }
}

/** A POST that Redcumbre signed. */
export async function signedPost(body: Uint8Array<ArrayBuffer>, to: string = path): Promise<Call> {
  return post(body, { [signatureHeader]: await signatureOf(body) }, to)
}

/** A stream of these chunks, each asked for. */
export function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const left = [...chunks]
  return new ReadableStream({
    pull(controller) {
      const chunk = left.shift()
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
  })
}

/** A stream that sends one byte and no more, and never ends. */
export function silentStream(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(1)),
  })
}
