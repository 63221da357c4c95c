import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Running, root, startTypeScript } from './support/processes.ts'

// openssl and curl sign and send here, against the example in a process of its own.
const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d8d4f0c1be2a79356d8b1c4e07a92f35d'
const folder = mkdtempSync(join(tmpdir(), 'acuse-foreign-'))
const payload = join(folder, 'payload.json')

beforeAll(() => {
  const sample = readFileSync(join(root, 'test/fixtures/redcumbre/bhe.emitida.json'), 'utf8')
  writeFileSync(payload, sample.replace(/"timestamp": "[^"]*"/, `"timestamp": "${new Date().toISOString()}"`))
})

afterAll(() => rmSync(folder, { recursive: true }))

/** The lines of the sender's README that need nothing of ours, with another file to post. */
function opensslAndCurl(url: string, posted: string): { status: number; body: string } {
  const script = `
    SIGNATURE=$(openssl dgst -sha256 -hmac "$REDCUMBRE_WEBHOOK_SECRET" payload.json | sed 's/.* //')
    curl -sS -w ' %{http_code}' --data-binary @${posted} -H "X-Webhook-Signature: $SIGNATURE" "$URL"`
  const env = { PATH: process.env['PATH'], REDCUMBRE_WEBHOOK_SECRET: secret, URL: url, no_proxy: '*' }
  const output = execFileSync('sh', ['-ec', script], { cwd: folder, env, encoding: 'utf8' })
  return { status: Number(output.slice(-3)), body: output.slice(0, -4) }
}

describe.each(['express', 'fastify', 'hono'])(
  'the %s example, and a delivery signed by openssl and posted by curl',
  (name) => {
    const handledLog = join(folder, `${name}.jsonl`)
    let example: Running
    let url: string

    beforeAll(async () => {
      const env = {
        PORT: '0',
        REDCUMBRE_WEBHOOK_SECRET: secret,
        HANDLED_LOG: handledLog,
        HANDLER_DELAY_MS: '50',
      }
      const home = join(root, 'examples', name)
      example = startTypeScript(join(home, 'src/main.ts'), env, home)
      const [, origin] =
        /(http:\S+)/.exec(await example.line(/^listening on http:\/\/127\.0\.0\.1:\d+$/)) ?? []
      url = `${origin}/webhooks/redcumbre`
    })

    afterAll(async () => {
      await example.stop('SIGKILL')
    })

    it('answers 401 to one changed byte, and runs no handler', () => {
      writeFileSync(join(folder, 'changed.json'), readFileSync(payload, 'utf8').replace('194062', '194063'))
      expect(opensslAndCurl(url, 'changed.json')).toEqual({ status: 401, body: '{"error":"unauthorized"}' })
      expect(existsSync(handledLog)).toBe(false)
    })

    it('answers 200, and again to the duplicate', () => {
      const { status, body } = opensslAndCurl(url, 'payload.json')
      expect([status, JSON.parse(body)]).toEqual([200, { success: true, receivedAt: expect.any(String) }])
      expect(JSON.parse(opensslAndCurl(url, 'payload.json').body)).toMatchObject({ duplicate: true })
    })

    it('finishes its handlers on SIGTERM, once for both copies, and exits with 0', async () => {
      expect(await example.stop('SIGTERM')).toBe(0)
      expect(JSON.parse(readFileSync(handledLog, 'utf8'))).toEqual({
        id: expect.stringMatching(/^[\w-]{22}$/),
        type: 'bhe.emitida',
        attempt: 1,
        payload: JSON.parse(readFileSync(payload, 'utf8')),
      })
      expect(example.lines).toContain('boleta 12345678: 194062 CLP net')
    })
  },
)
