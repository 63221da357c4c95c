import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { secret } from '../processes/fleet.ts'
import { root, startTypeScript } from '../support/processes.ts'
import { type Connection, delivery, get, open, openAccepted, refusal } from './client.ts'

const kinds = ['node', 'express', 'fastify', 'hono'] as const

/** A server in a process of its own. */
async function start(kind: (typeof kinds)[number], env: Record<string, string> = {}) {
  const folder = join(root, 'test')
  const process = startTypeScript(
    join(folder, 'health/server.ts'),
    { KIND: kind, SECRET: secret, ...env },
    folder,
  )
  onTestFinished(async () => void (await process.stop('SIGKILL')))
  const [, port = ''] = /(\d+)/.exec(await process.line(/^listening on/)) ?? []
  return { process, port: Number(port) }
}

/** The same, with a handler that runs until SIGUSR2, and an idle connection, whose end tells that the close has begun. */
async function startBusy(kind: (typeof kinds)[number], env: Record<string, string> = {}) {
  const started = await start(kind, env)
  const idle = await open(started.port)
  idle.send(get('/'))
  await idle.until(/here/)
  const delivering = await open(started.port)
  delivering.send(delivery())
  await delivering.until(/^HTTP\/1.1 200/)
  await started.process.line(/^handling/)
  return { ...started, idle }
}

async function answerOf(connection: Connection, request: string): Promise<string> {
  connection.send(request)
  return connection.ended
}

describe.each(kinds)('closeOn with a server of %s, on SIGTERM', (kind) => {
  it('finishes what runs, refuses what comes, ends every connection, and the process ends with 0', async () => {
    const { process, port, idle } = await startBusy(kind)
    const [silent, alsoSilent] = [await openAccepted(port, process), await openAccepted(port, process)]
    const answering = await open(port)
    answering.send(get('/slow'))
    await process.line(/^answering/)
    const exit = process.stop('SIGTERM')
    await idle.ended
    expect(await refusal(port)).toContain('ECONNREFUSED')
    const refused = await answerOf(silent, delivery())
    expect(refused).toMatch(/^HTTP\/1.1 503/)
    expect(refused).toMatch(/connection: close/i)
    expect(process.lines).not.toContain('pool closed')
    expect(process.lines).not.toContain('hook of the app')
    void process.stop('SIGUSR2')
    const answer = await answering.ended
    expect(answer).toMatch(/^HTTP\/1.1 200/)
    expect(answer).toMatch(/connection: close/i)
    expect(answer).toContain('whole answer')
    await alsoSilent.ended
    expect(await exit).toBe(0)
    const { lines } = process
    expect(lines.indexOf('pool closed')).toBeGreaterThan(lines.indexOf('handled'))
    expect(lines.indexOf('handled')).toBeGreaterThan(0)
    if (kind === 'fastify') expect(lines.indexOf('hook of the app')).toBeGreaterThan(lines.indexOf('handled'))
  })

  it('tells probes that it is ready, and on a connection that was open, that it is not while it closes', async () => {
    const { process, port, idle } = await startBusy(kind)
    const before = await Promise.all(
      ['healthz', 'readyz'].map((path) => fetch(`http://127.0.0.1:${port}/${path}`)),
    )
    expect(before.map(({ status }) => status)).toEqual([200, 200])
    const [live, ready] = [await openAccepted(port, process), await openAccepted(port, process)]
    const exit = process.stop('SIGTERM')
    await idle.ended
    expect(await answerOf(live, get('/healthz'))).toMatch(/^HTTP\/1.1 200/)
    const answer = await answerOf(ready, get('/readyz'))
    expect(answer).toMatch(/^HTTP\/1.1 503/)
    expect(answer).toContain('{"live":true,"ready":false,"codes":["closing"]}')
    void process.stop('SIGUSR2')
    expect(await exit).toBe(0)
  })

  it('ends the process at once on a second signal', async () => {
    const { process, idle } = await startBusy(kind)
    void process.stop('SIGTERM')
    await idle.ended
    expect(await process.stop('SIGINT')).toBe(130)
    expect(process.lines).not.toContain('handled')
  })

  it('ends the process with 1 and a line when time is over', async () => {
    const { process } = await startBusy(kind, { TIMEOUT_MS: '50' })
    expect(await process.stop('SIGTERM')).toBe(1)
    expect(process.lines.join('\n')).toMatch(/SIGTERM: after 50 ms .*The process ends with exit code 1/)
  })
})

describe('closeOn', () => {
  it('lets a process end whose manager has a channel to it, as those of PM2 and node:cluster have', async () => {
    const folder = join(root, 'test')
    const child = fork(join(folder, 'health/server.ts'), {
      cwd: folder,
      execArgv: ['--conditions=@acuse/source', '--import', 'tsx'],
      env: { ...process.env, KIND: 'node', SECRET: secret },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    for await (const line of createInterface({ input: child.stdout as Readable }))
      if (line.startsWith('listening on')) break
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('ends with 1 when something failed to close, and closes the rest', async () => {
    const { process } = await start('node', { FAIL: '1' })
    expect(await process.stop('SIGINT')).toBe(1)
    expect(process.lines.join('\n')).toMatch(/failed to close: Error: the pool broke/)
    expect(process.lines.join('\n')).toMatch(/SIGINT: everything is closed/)
  })

  it('says that something keeps the process alive when everything is closed, and ends it with 1', async () => {
    const { process } = await start('node', { LINGER: '1', TIMEOUT_MS: '100' })
    expect(await process.stop('SIGTERM')).toBe(1)
    expect(process.lines.join('\n')).toMatch(/everything is closed, and something keeps .*open: .*Timeout/)
  })
})
