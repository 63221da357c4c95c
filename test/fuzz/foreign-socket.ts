import { Agent, request } from 'node:http'
import { type Child, startChild } from '../stress/child.ts'
import { forgedBody, isConstant, pingBody } from './foreign-code.ts'
import type { ForeignHostAnswers } from './foreign-host.ts'
import { signatureOf } from './foreign-parts.ts'

/** The outcome of requests over sockets to a host whose receivers misbehave. */
export interface SocketTotals {
  /** Requests sent, every other one forged. */
  readonly count: number
  readonly answers: Readonly<Record<string, number>>
  /** All that follows must be 0. */
  readonly faults: Readonly<
    Record<'process exits' | 'unanswered' | 'strange answers' | 'false accepts' | 'handlers run', number>
  >
}

const connections = 16

/** Sends `count` requests to one process, which lives as long as it can. */
export async function fuzzForeignHost({
  seed,
  count,
}: {
  readonly seed: number
  readonly count: number
}): Promise<SocketTotals> {
  const host = startChild<ForeignHostAnswers>(new URL('./foreign-host.ts', import.meta.url), [seed])
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const answers: Record<string, number> = {}
  const faults = {
    'process exits': 0,
    unanswered: 0,
    'strange answers': 0,
    'false accepts': 0,
    'handlers run': 0,
  }
  try {
    const port = Number((await host.firstLine()).split(' ').at(-1))
    let next = 0
    await Promise.all(
      Array.from({ length: connections }, async () => {
        while (next < count) {
          const index = next++
          const isForged = index % 2 === 1
          const answer = await send(agent, port, Math.floor(index / 2), isForged)
          if (answer === undefined) {
            faults.unanswered++
            continue
          }
          const { status, body } = answer
          answers[status] = (answers[status] ?? 0) + 1
          if (status === 200 ? isForged : !isConstant(status, body)) {
            faults[status === 200 ? 'false accepts' : 'strange answers']++
          }
        }
      }),
    )
    const wrongRuns = await wrongRunsOf(host)
    if (wrongRuns === undefined) faults['process exits']++
    else faults['handlers run'] += wrongRuns
  } finally {
    agent.destroy()
    await host.stop()
  }
  return { count, answers, faults }
}

/** `undefined` where the process is gone. */
async function wrongRunsOf(host: Child<ForeignHostAnswers>): Promise<number | undefined> {
  try {
    return await host.ask('wrongRuns')
  } catch {
    return undefined
  }
}

interface Answered {
  readonly status: number
  readonly body: string
}

function send(agent: Agent, port: number, index: number, isForged: boolean): Promise<Answered | undefined> {
  const headers = { ...signatureOf(pingBody), 'x-case': String(index), ...(isForged && { 'x-forged': '1' }) }
  return new Promise((resolve) => {
    const sent = request(
      { agent, port, host: '127.0.0.1', method: 'POST', path: '/hooks', headers },
      async (response) => {
        try {
          resolve({
            status: response.statusCode ?? 0,
            body: (await response.setEncoding('utf8').toArray()).join(''),
          })
        } catch {
          resolve(undefined)
        }
      },
    )
    sent.once('error', () => resolve(undefined))
    sent.end(isForged ? forgedBody : pingBody)
  })
}
