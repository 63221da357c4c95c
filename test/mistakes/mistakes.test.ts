import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort, type Running, startProgram } from '../support/processes.ts'
import { type OwnRedis, startRedis } from '../support/redis.ts'
import { mistakes, send } from './requests.ts'

/** Each logger with the framework that it goes with, and the log that nobody set up with each. */
const programs = [
  { logger: 'none', framework: 'express' },
  { logger: 'none', framework: 'fastify' },
  { logger: 'none', framework: 'hono' },
  { logger: 'pino', framework: 'express' },
  { logger: 'Fastify', framework: 'fastify' },
  { logger: 'winston', framework: 'hono' },
  { logger: 'console', framework: 'express' },
]

describe.each(programs)('with $logger for a logger, on $framework', ({ logger, framework }) => {
  let redis: OwnRedis
  let program: Running
  let ports: Record<string, number>

  beforeAll(async () => {
    redis = await startRedis()
    const env = { LOGGER: logger, FRAMEWORK: framework, REDIS_URL: redis.url }
    program = startProgram('mistakes/server.ts', env)
    ports = JSON.parse((await program.line(/^ports /)).slice('ports '.length))
    await redis.stop()
    await program.line(/^Redis is lost/)
  })
  afterAll(async () => {
    await program.stop()
  })

  it.each(Object.entries(mistakes))(
    'the first request of %s is one line with cause and remedy',
    async (name, [request, line]) => {
      expect(await send(ports[name] as number, request())).toBeGreaterThan(399)
      await program.line(line)
    },
  )

  it('says nothing else of them, and each of them once', async () => {
    await program.stop()
    const said = program.lines.filter((line) =>
      /(?:redcumbre|github|zenpli).*: (?:authentic|refused|a POST)/.test(line),
    )
    const counts = Object.entries(mistakes).map(([name, [, line]]) => [
      name,
      said.filter((each) => line.test(each)).length,
    ])
    expect(counts).toEqual(Object.keys(mistakes).map((name) => [name, 1]))
    expect(said).toHaveLength(Object.keys(mistakes).length)
    expect(program.lines.join('\n')).not.toContain('unseen')
  })
})

describe('a Redis that never ran', () => {
  it.each(['redis-inbox', 'redis-dedupe'])('is one line with cause and remedy, with %s', async (name) => {
    const env = { MISTAKES: name, REDIS_URL: `redis://127.0.0.1:${await freePort()}` }
    const program = startProgram('mistakes/server.ts', env)
    const ports = JSON.parse((await program.line(/^ports /)).slice('ports '.length))
    await program.line(/^Redis is lost/)
    const [request, line] = mistakes[name] as (typeof mistakes)[string]
    expect(await send(ports[name], request())).toBe(503)
    await program.line(line)
    await program.stop()
    expect(program.lines.filter((each) => line.test(each))).toHaveLength(1)
  })
})

describe('a secret in quotation marks', () => {
  it('ends the program at its start, with what is wrong and where to mend it', async () => {
    const program = startProgram('mistakes/quoted.ts', {})
    expect(await program.exited).not.toBe(0)
    expect(program.lines).toContainEqual(
      expect.stringMatching(
        /^TypeError: The secret stands in quotes, which docker --env-file .* keep\. Leave them out/,
      ),
    )
  })
})
