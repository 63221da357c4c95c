import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { capture, secret } from '../processes/fleet.ts'
import { fewOrAll } from '../support/full.ts'
import { type Running, startProgram } from '../support/processes.ts'
import { sharedRedis } from '../support/redis.ts'

const count = fewOrAll(200, 1_000)
const program = fileURLToPath(new URL('receiver.ts', import.meta.url))

interface Line {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentId?: string
  readonly pid: number
}

async function start(
  env: Record<string, string>,
): Promise<{ readonly running: Running; readonly port: number }> {
  const running = startProgram(program, { SECRET: secret, ...env })
  onTestFinished(async () => void (await running.stop()))
  const line = await running.line(/^listening on/)
  return { running, port: Number(line.split(' ').at(-1)) }
}

function post(agent: Agent, port: number, n: number, traceparent: string): Promise<number> {
  const { body, signature } = capture(n)
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-webhook-signature': signature, traceparent }
    const sent = request({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/webhooks/redcumbre',
      agent,
      headers,
    })
    sent.once('response', (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0))
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

/** Sends so many, each in a trace of its own, and reads the spans of all processes when each was handled. */
async function spansOf(
  folder: string,
  port: number,
): Promise<{ readonly traces: string[]; readonly lines: Line[] }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  onTestFinished(() => agent.destroy())
  const traces = Array.from({ length: count }, () => randomBytes(16).toString('hex'))
  await Promise.all(
    traces.map(async (traceId, n) => {
      const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-01`
      // As a sender does: a busy machine may be too late to accept.
      while ((await post(agent, port, n, traceparent)) !== 200) await sleep(50)
    }),
  )
  const read = (): Line[] =>
    ['web', 'worker', 'all']
      .map((role) => join(folder, role))
      .filter((file) => existsSync(file))
      // A line that is being written has no end yet.
      .flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(0, -1))
      .map((line) => JSON.parse(line))
  let lines = read()
  const handled = () => lines.filter(({ name }) => name === 'of the handler').length
  for (; handled() < count; lines = read()) await sleep(20)
  return { traces, lines }
}

function expectOneTraceEach(traces: readonly string[], lines: readonly Line[]): void {
  const byId = new Map(lines.map((line) => [line.spanId, line]))
  /** The names of a span and of those around it, as long as they are of one trace. */
  const path = (line: Line): string[] => {
    const parent = byId.get(line.parentId ?? '')
    return parent?.traceId === line.traceId ? [line.name, ...path(parent)] : [line.name]
  }
  const inner = lines.filter(({ name }) => name === 'of the handler')
  const whole = traces.filter((traceId) =>
    inner.some(
      (line) =>
        line.traceId === traceId &&
        path(line).join() === 'of the handler,process redcumbre,receive redcumbre,POST',
    ),
  )
  console.log(`${whole.length} of ${traces.length} process spans are in the trace of their own request`)
  const processed = lines.filter(({ name }) => name === 'process redcumbre')
  expect([whole.length, inner.length, processed.length]).toEqual([
    traces.length,
    traces.length,
    traces.length,
  ])
}

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-otel-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

it('every process span of Express with SQLite is in the trace of its own request, the handler inside of it', async () => {
  const folder = temporary()
  const { port } = await start({
    INBOX: `sqlite:${join(folder, 'inbox.db')}`,
    SPANS: join(folder, 'all'),
  })
  const { traces, lines } = await spansOf(folder, port)
  expectOneTraceEach(traces, lines)
})

it('every process span of Fastify with BullMQ, web and worker apart, is in the trace of its own request', async () => {
  const folder = temporary()
  const redis = await sharedRedis()
  onTestFinished(() => redis.stop())
  const env = { FRAMEWORK: 'fastify', INBOX: `bullmq:${redis.url}` }
  const [web, worker] = await Promise.all(
    ['web', 'worker'].map((ROLE) => start({ ...env, ROLE, SPANS: join(folder, ROLE) })),
  )
  const { traces, lines } = await spansOf(folder, web?.port ?? 0)
  expectOneTraceEach(traces, lines)
  const pids = (name: string) =>
    new Set(lines.filter((line) => line.name.startsWith(name)).map(({ pid }) => pid))
  expect([...pids('receive')]).not.toEqual([...pids('process')])
  expect(worker?.port).not.toBe(web?.port)
})
