import { request } from 'node:http'
import { redcumbre } from '@acuse/providers/redcumbre'
import { createSender } from '@acuse/sender'
import type { Server } from './server.ts'

const secret = 'c0ffee01'.repeat(8)
const other = 'badc0de5'.repeat(8)
/** What the handler of every page prints of the sample event. */
const handled = '194062 CLP net'

/**
 * Delivers to a server, and throws unless it answers as every adapter does: a signed delivery 200, and its handler ran; a
 * forged one 401, and one over the limit 413; and while it has no secret, a signed one 503.
 */
export async function deliverTo(
  server: Server,
  paths: readonly string[],
  state: 'with the secret' | 'without the secret',
): Promise<void> {
  const hasSecret = state === 'with the secret'
  let runs = 0
  for (const path of paths) {
    const url = `http://127.0.0.1:${server.port}${path}`
    await expectStatus(url, secret, hasSecret ? 200 : 503)
    if (!hasSecret) continue
    await server.printed(handled, ++runs)
    await expectStatus(url, other, 401)
    const status = await sendLarge(url)
    if (status !== 413) throw new Error(`${path} answered a body of 3 MiB with ${status}`)
  }
  const printed = server.output().split(handled).length - 1
  if (printed !== runs) throw new Error(`its handlers ran ${printed} times, and not ${runs}`)
}

async function expectStatus(url: string, key: string, expected: number): Promise<void> {
  // One attempt: what is refused for now would be sent again.
  const sender = createSender({ provider: redcumbre, secret: key, url, attemptDelaysMs: [0] })
  const { status } = await sender.send('bhe.emitida', { montos: { liquido: 194_062 } })
  if (status !== expected) throw new Error(`${url} answered ${status}, and not ${expected}`)
}

/**
 * The answer to a body over the limit. All of it is written, whatever is answered meanwhile: some frameworks read a body to its
 * end before they look at it. A server that closes first may have its answer lost on the way (RFC 9112 §9.6): then once more.
 */
async function sendLarge(url: string, attemptsLeft = 5): Promise<number | undefined> {
  try {
    return await postLarge(url)
  } catch (error) {
    if (
      attemptsLeft === 0 ||
      !['ECONNRESET', 'EPIPE'].includes(String((error as NodeJS.ErrnoException).code))
    )
      throw error
    return sendLarge(url, attemptsLeft - 1)
  }
}

function postLarge(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-webhook-signature': 'a'.repeat(64) }
    const sent = request(url, { method: 'POST', headers, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.once('response', () => sent.on('error', () => {})).once('error', reject)
    sent.end(Buffer.alloc(3 * 2 ** 20, 'x'))
  })
}
