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
  const statuses = await Promise.all(
    traces.map((traceId, n) => post(agent, port, n, `00-${traceId}-${randomBytes(8).toString('hex')}-01`)),
  )
  expect(new Set(statuses)).toEqual(new Set([200]))
  const read = (): Line[] =>
    ['web', 'worker', 'all']
      .map((role) => join(folder, role))
      .filter((file) => existsSync(file))
      .flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean))
      .map((line) => JSON.parse(line))
  let lines = read()
  for (; lines.length < count * 4; lines = read()) await sleep(20)
  return { traces, lines }
}

function expectOneTraceEach(traces: readonly string[], lines: readonly Line[]): void {
  const named = (name: string) =>
    new Map(lines.filter((line) => line.name === name).map((line) => [line.traceId, line]))
  const [posts, received, processed, inner] = [
    'POST',
    'receive redcumbre',
    'process redcumbre',
    'of the handler',
  ].map(named)
  const whole = traces.filter((traceId) => {
    const process = processed?.get(traceId)
    return (
      process !== undefined &&
      received?.get(traceId)?.parentId === posts?.get(traceId)?.spanId &&
      process.parentId === received?.get(traceId)?.spanId &&
      inner?.get(traceId)?.parentId === process.spanId
    )
  })
  console.log(`${whole.length} of ${traces.length} process spans are in the trace of their own request`)
  expect([whole.length, lines.length]).toEqual([traces.length, traces.length * 4])
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
