import { createHmac } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Running, startProgram } from '../support/processes.ts'

export const secret = 'f3a9c1d07be2485690d4c7ab13ef52680a9b7d4e6c1f3825d07e9ba4c61f8d23'

/** A signed delivery, as an attacker may have captured it. */
export interface Captured {
  readonly body: Buffer
  readonly signature: string
}

/** The answer to one of them. */
export interface Answered {
  readonly status: number
  /** When, in milliseconds since the epoch, with fractions. */
  readonly at: number
}

/** Receivers in processes of their own, on one Redis. */
export interface Fleet {
  readonly size: number
  /** Where one of the processes receives. */
  url(process: number): string
  /** Sends a delivery to one of the processes. */
  send(captured: Captured, process: number): Promise<Answered>
  /** The runs of handlers that succeeded, of all processes: id and time. */
  runs(): readonly (readonly [string, number])[]
  restart(): Promise<void>
  stop(): Promise<void>
}

export async function startFleet(size: number, env: Record<string, string>): Promise<Fleet> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-fleet-'))
  const log = join(folder, 'runs')
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  let processes: Running[] = []
  let ports: number[] = []
  async function start(): Promise<void> {
    const file = fileURLToPath(new URL('receiver.ts', import.meta.url))
    const first = env['FAIL_FIRST'] === undefined ? {} : { FAIL_FIRST: join(folder, 'first') }
    processes = Array.from({ length: size }, () =>
      startProgram(file, { SECRET: secret, RUNS: log, ...env, ...first }),
    )
    const lines = await Promise.all(processes.map((each) => each.line(/^listening on/)))
    ports = lines.map((line) => Number(line.split(' ').at(-1)))
  }
  async function stopAll(): Promise<void> {
    await Promise.all(processes.map((each) => each.stop()))
  }
  await start()
  return {
    size,
    url: (process) => `http://127.0.0.1:${ports[process % size]}/webhooks/redcumbre`,
    send: (captured, process) => post(agent, ports[process % size] as number, captured),
    runs: () =>
      existsSync(log)
        ? readFileSync(log, 'utf8')
            .split('\n')
            .filter(Boolean)
            .map((line) => [line.slice(0, 22), Number(line.slice(23))] as const)
        : [],
    async restart() {
      await stopAll()
      await start()
    },
    async stop() {
      await stopAll()
      agent.destroy()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Two events about the same kind of document. */
export type CapturedType = 'bhe.emitida' | 'bhe.pdf_sii_fallido'

/** A delivery of a documented event, different for each `n`, signed now. */
export function capture(n: number, type: CapturedType = 'bhe.emitida'): Captured {
  const payload = { ...fixtures[type], bheId: `bhe-${n}`, timestamp: new Date().toISOString() }
  const body = Buffer.from(JSON.stringify(payload))
  return { body, signature: createHmac('sha256', secret).update(body).digest('hex') }
}

const fixtures: Readonly<Record<CapturedType, object>> = {
  'bhe.emitida': fixtureOf('bhe.emitida'),
  'bhe.pdf_sii_fallido': fixtureOf('bhe.pdf_sii_fallido'),
}

function fixtureOf(type: CapturedType): object {
  const file = new URL(`../fixtures/redcumbre/${type}.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as object
}

function post(agent: Agent, port: number, { body, signature }: Captured): Promise<Answered> {
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    'x-webhook-signature': signature,
  }
  return new Promise((resolve, reject) => {
    const sending = request(
      { agent, host: '127.0.0.1', port, method: 'POST', path: '/webhooks/redcumbre', headers },
      (response) => {
        response.resume()
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            at: performance.timeOrigin + performance.now(),
          }),
        )
      },
    )
    sending.on('error', reject)
    sending.end(body)
  })
}

/** Does something with each number below `count`, at most `width` at a time. */
export async function inParallel<T>(
  count: number,
  width: number,
  act: (n: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const queue = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) results[n] = await act(n)
  }
  await Promise.all(Array.from({ length: width }, queue))
  return results
}
