import { createHmac } from 'node:crypto'
import { secret } from './secret.ts'

/** What a sender posts. */
interface Sent {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const path = '/webhooks/redcumbre'

function bodyOf(offsetMs = 0): string {
  const timestamp = new Date(Date.now() + offsetMs).toISOString()
  return JSON.stringify({ event: 'bhe.nueva', timestamp, bheId: 'b-1' })
}

function mac(body: string, key = secret): string {
  return createHmac('sha256', key).update(body).digest('hex')
}

function redcumbre(body = bodyOf(), signature: string | undefined = mac(body), at = path): Sent {
  return { path: at, body, headers: signature === undefined ? {} : { 'X-Webhook-Signature': signature } }
}

function signedWith(key: string, prefix = ''): Sent {
  const body = bodyOf()
  return redcumbre(body, prefix + mac(body, key))
}

function github(prefix: string): Sent {
  const body = '{"zen":"Keep it logically awesome."}'
  const headers = {
    'X-Hub-Signature-256': prefix + mac(body),
    'X-GitHub-Event': 'ping',
    'X-GitHub-Delivery': 'd-1',
  }
  return { path: '/webhooks/github', body, headers }
}

/** The request that each mistake makes, and the one line that tells of it: the cause, and the remedy. */
export const mistakes: Readonly<Record<string, readonly [request: () => Sent, line: RegExp]>> = {
  'wrong-secret': [
    () => signedWith(`${secret}-of-staging`),
    /redcumbre: refused with 401 signature-mismatch\. Another secret.*: compare the secret with the sender's.*#signature-mismatch/,
  ],
  'quoted-secret': [
    () => redcumbre(),
    /redcumbre: refused with 500 scheme-failed: .*The secret stands in quotes, which docker --env-file and some shells keep\. Leave them out/,
  ],
  'sender-quotes': [
    () => signedWith(`"${secret}"`),
    /401 signature-mismatch\. The sender has the secret in quotation marks, .*: mend it there/,
  ],
  'clock-off': [
    () => redcumbre(bodyOf(600_000)),
    /401 time-future \(bhe\.nueva\), (?:600|599) s in the future\. .*a clock that is behind here.*: compare the clock/,
  ],
  stale: [
    () => redcumbre(bodyOf(-600_000)),
    /401 time-past \(bhe\.nueva\), 60\d s in the past\. .*a clock that is ahead here.*: compare the clock/,
  ],
  'prefix-too-many': [
    () => signedWith(secret, 'sha256='),
    /401 header-malformed, header .?'x-webhook-signature.?'\. The signature begins with .?'sha256=.?', and none is expected: have the sender/,
  ],
  'prefix-missing': [
    () => github(''),
    /github: refused with 401 header-malformed.* The signature lacks the prefix .?'sha256=.?': have the sender/,
  ],
  'prefix-doubled': [
    () => github('sha256=sha256='),
    /github: refused with 401 header-malformed.* begins with .?'sha256=sha256=.?', and .?'sha256=.?' is expected: have the sender/,
  ],
  'header-missing': [
    () => ({ ...redcumbre(), headers: {} }),
    /401 header-missing, header .?'x-webhook-signature.?'\. .*look whether a secret is set at the sender/,
  ],
  'parser-first': [
    () => redcumbre(),
    /500 body-consumed: .*The body was read before the receiver saw it\. (?:Mount the webhooks before|A hook of the app read)/,
  ],
  'wrong-path': [
    () => redcumbre(bodyOf(), undefined, '/webhook/redcumbre?token=unseen'),
    /redcumbre: a POST with the header .?'x-webhook-signature.?' came to .?'\/webhook\/redcumbre.?', where nothing took it \(404\); the receiver is at .?'\/webhooks\/redcumbre.?'\. Give the sender that address/,
  ],
  'wrong-path-zenpli': [
    () => ({ path: '/zenpli', body: '{}', headers: { 'X-Zenpli-HMAC-Signature': mac('{}') } }),
    /zenpli: a POST with the header .?'x-zenpli-hmac-signature.?' came to .?'\/zenpli.?'.* the receiver is at .?'\/webhooks\/zenpli/,
  ],
  'printed-anew': [
    () => {
      const body = bodyOf()
      return redcumbre(JSON.stringify(JSON.parse(body), undefined, 2), mac(body))
    },
    /401 signature-mismatch\. The signature fits the body printed anew as compact JSON: it was parsed and written again\. Have/,
  ],
  'redis-inbox': [
    () => redcumbre(),
    /503 inbox-failed.*: Error: Redis is not available \(\w+(?:: connect ECONNREFUSED 127\.0\.0\.1:\d+)?\)\. See whether the store runs/,
  ],
  'redis-dedupe': [
    () => redcumbre(),
    /503 dedupe-failed.*: Error: Redis is not available \(\w+\)\. See whether the store runs/,
  ],
}

/** Sends it; the status of the answer. */
export async function send(port: number, { path: to, headers, body }: Sent): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}${to}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  await answer.text()
  return answer.status
}
