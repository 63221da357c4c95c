// A receiver of Redcumbre's webhooks by hand, right in everything that `acuse doctor` looks at. The others here are this one with one
// fault each. PORT, SECRET and EFFECTS, a file that gets one line for each effect, come from the environment.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const { PORT = '3000', SECRET = '', EFFECTS = 'effects.log' } = process.env
const mostBytes = 2 ** 20
const bodyMs = 2_500
const dayMs = 86_400_000

/** An authentic event. */
export interface Event {
  readonly id: string
  readonly at: number
  readonly text: string
}

/** What is known of events. */
export interface Store {
  readonly known: Set<string>
  readonly running: Map<string, Promise<void>>
  /** The effect; its line has the id, which makes effect and note one step. */
  effect(event: Event): void
  /** Notes an id in a file of its own. */
  note(event: Event): void
}

/** What may be wrong; each default is right. */
export interface Faults {
  readonly isAuthentic?: (body: Buffer, signature: string, secret: string) => boolean
  readonly isFresh?: (ageMs: number) => boolean
  /** Resolves when it may be acknowledged; `'copy'` is answered in another way. */
  readonly accept?: (event: Event, store: Store) => Promise<'copy' | undefined>
  readonly onRefused?: (secret: string) => void
  /** The answer to a body that does not come. Default 408. */
  readonly lateStatus?: number
  /** Where ids are read from at the start. Default: the effects themselves. */
  readonly notes?: 'apart'
}

/** The MAC that a body should have, in hex. */
export function macOf(body: string | Buffer, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex')
}

/** Exact grammar, and then all bytes in constant time. */
export function isAuthentic(body: Buffer, signature: string, secret: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(signature)) return false
  return timingSafeEqual(Buffer.from(signature, 'hex'), Buffer.from(macOf(body, secret), 'hex'))
}

/** Does something once for an event: copies wait for the first. */
export async function once(event: Event, store: Store, run: () => Promise<void>): Promise<undefined> {
  const { known, running } = store
  if (known.has(event.id)) return
  const before = running.get(event.id)
  if (before !== undefined) {
    await before
    return
  }
  const now = run().finally(() => running.delete(event.id))
  running.set(event.id, now)
  await now
}

/** Some work, and then the effect and the note of it in one step. */
export async function handle(event: Event, store: Store, workMs = 10): Promise<void> {
  await sleep(workMs)
  store.effect(event)
  store.known.add(event.id)
}

function openStore(notes: 'apart' | undefined): Store {
  const file = notes === 'apart' ? `${EFFECTS}.notes` : EFFECTS
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  const known = new Set(lines.flatMap((line) => /^\{"id":"(\w+)".*\}$/.exec(line)?.[1] ?? []))
  return {
    known,
    running: new Map(),
    effect: ({ id, text }) => appendFileSync(EFFECTS, `${JSON.stringify({ id, text })}\n`),
    note({ id }) {
      known.add(id)
      appendFileSync(`${EFFECTS}.notes`, `${JSON.stringify({ id })}\n`)
    },
  }
}

/** The body, or the status that refuses it; `undefined`: the sender is gone. */
function read(request: IncomingMessage, lateStatus = 408): Promise<Buffer | number | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const timer = setTimeout(() => resolve(lateStatus), bodyMs)
    const settle = (body: Buffer | number | undefined): void => {
      clearTimeout(timer)
      resolve(body)
    }
    request.on('data', (chunk: Buffer) => {
      length += chunk.byteLength
      if (length > mostBytes) settle(413)
      else chunks.push(chunk)
    })
    request.on('end', () => settle(Buffer.concat(chunks)))
    request.on('error', () => settle(undefined))
  })
}

/** The event of a body, or nothing where it holds none. */
function toEvent(body: Buffer): Event | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
    const { event, timestamp } = JSON.parse(text) as {
      readonly event?: unknown
      readonly timestamp?: unknown
    }
    const at = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
    if (typeof event !== 'string' || Number.isNaN(at)) return undefined
    return { id: createHash('sha256').update(body).digest('hex'), at, text }
  } catch {
    return undefined
  }
}

function signatureOf({ rawHeaders }: IncomingMessage): string | undefined {
  const own = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 && name.toLowerCase() === 'x-webhook-signature' ? [rawHeaders[at + 1]] : [],
  )
  return own.length === 1 ? own[0] : undefined
}

/** Listens. */
export function serve(faults: Faults = {}): void {
  const store = openStore(faults.notes)
  const isRight = faults.isAuthentic ?? isAuthentic
  const isFresh = faults.isFresh ?? ((ageMs) => ageMs > -dayMs / 288 && ageMs < dayMs)
  const accept = faults.accept ?? ((event) => once(event, store, () => handle(event, store)))
  const judge = async (request: IncomingMessage): Promise<number | 'copy' | undefined> => {
    if (request.method !== 'POST') return 405
    if (request.headers['content-encoding'] !== undefined) return 415
    const signature = signatureOf(request)
    if (signature === undefined) return 401
    const body = await read(request, faults.lateStatus)
    if (!Buffer.isBuffer(body)) return body
    if (!isRight(body, signature, SECRET)) return 401
    const event = toEvent(body)
    if (event === undefined) return 400
    if (!isFresh(Date.now() - event.at)) return 401
    return (await accept(event, store)) ?? 200
  }
  const server = createServer(async (request, response) => {
    const verdict = await judge(request)
    if (verdict === undefined) return
    const status = verdict === 'copy' ? 200 : verdict
    if (status === 401) (faults.onRefused ?? (() => console.log('refused')))(SECRET)
    if (status !== 200) response.setHeader('connection', 'close')
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(
      verdict === 'copy' ? '{"copy":true}' : status === 200 ? '{"received":true}' : '{"error":"refused"}',
    )
  })
  server.listen(Number(PORT), '127.0.0.1', () => console.log('listening'))
}
