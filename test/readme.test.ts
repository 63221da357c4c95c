import { createHmac } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort, root, run, startTypeScript } from './support/processes.ts'
import { readmeProgram } from './support/readme-program.ts'
import { sharedRedis } from './support/redis.ts'

const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'
const sample = JSON.parse(
  readFileSync(join(root, 'test/fixtures/redcumbre/bhe.emitida.json'), 'utf8'),
) as object

let redis: Awaited<ReturnType<typeof sharedRedis>>

beforeAll(async () => {
  redis = await sharedRedis()
}, 300_000)

afterAll(() => redis.stop())

describe.each(['README.md', 'README.es.md'])('%s', (file) => {
  it('has at most 150 lines, and names the two commands', () => {
    const text = readFileSync(join(root, file), 'utf8')
    expect(text.split('\n').length).toBeLessThanOrEqual(151)
    for (const command of ['demo', 'test']) expect(text).toContain(`\nnpx -y pnpm@10.34.9 ${command}\n`)
  })

  it('names the limit of 1 MiB wherever it names keepRawBody: the limit of express.json() is 100 kB', () => {
    const named = readFileSync(join(root, file), 'utf8').match(/.*keepRawBody/g) ?? []
    expect(named.length).toBeGreaterThan(0)
    for (const line of named) expect(line).toContain("limit: '1mb', verify: keepRawBody")
  })

  it('has code that runs: it receives, handles, sends', async () => {
    const folder = join(root, 'test/.tmp', file)
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const program = join(folder, `${file.replace(/\W/g, '-')}.ts`)
    const port = await freePort()
    const url = `http://127.0.0.1:${port}/webhooks/redcumbre`
    writeFileSync(program, `${readmeProgram(file)}\nconsole.log('sent', report.delivered, report.status)\n`)
    const env = {
      PORT: String(port),
      REDCUMBRE_WEBHOOK_SECRET: secret,
      STRIPE_WEBHOOK_SECRET: `whsec_${secret}`,
      GITHUB_WEBHOOK_SECRET: secret,
      ZENPLI_HMAC_KEY: secret,
      URL: url,
      REDIS_URL: redis.url,
    }
    const readme = startTypeScript(program, env, folder)
    try {
      expect(await readme.line(/^sent/)).toBe('sent true 200')
      await readme.line(/^12345678 194062/)

      const body = JSON.stringify({ ...sample, folioSii: '777', timestamp: new Date().toISOString() })
      const signature = createHmac('sha256', secret).update(body).digest('hex')
      const answer = await fetch(url, { method: 'POST', body, headers: { 'x-webhook-signature': signature } })
      expect(answer.status).toBe(200)
      await readme.line(/^777 194062/)
    } finally {
      await readme.stop('SIGKILL')
    }
  })
})

describe('both', () => {
  it('run the same code, but for comments and words', () => {
    const bare = (file: string): string =>
      readmeProgram(file)
        .replace(/\/\/.*$/gm, '')
        .replace(/ +$/gm, '')
    expect(bare('README.es.md')).toBe(bare('README.md'))
  })
})

describe('the demo', () => {
  it('exits with 0 when all is as it must be, and shows it', async () => {
    const { stdout } = await run('npx', ['-y', 'pnpm@10.34.9', 'demo'], { cwd: root })
    expect(stdout).toContain('17 of 17 as they must be, 13 events handled')
    expect(stdout).toMatch(
      /SIGKILL in the middle: 30 acknowledged, \d+ of them handled before, 30 after the restart/,
    )
    expect(stdout.match(/✔/g)).toHaveLength(17)
    expect(stdout).not.toContain('✘')
  })
})
