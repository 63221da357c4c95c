import type { RejectionCode } from '@acuse/core'
import { equal } from './expect.ts'
import {
  bytesOf,
  type Call,
  delivery,
  path,
  payload,
  post,
  signatureHeader,
  signatureOf,
  signedPost,
} from './requests.ts'
import type { Subject } from './subjects.ts'

/** A sentence of behaviour, and how it is seen. */
export interface Case<About = Subject> {
  readonly says: string
  run(about: About): Promise<void>
}

const unauthorized = '{"error":"unauthorized"}'
const malformed = '{"error":"malformed"}'

/** Throws unless this request gets this answer, for this reason. */
async function refused(
  subject: Subject,
  call: Call,
  [status, body, code]: readonly [number, string, RejectionCode],
): Promise<Response> {
  const host = subject.redcumbre()
  host.on('*', () => {
    throw new Error('a handler ran')
  })
  const response = await host.answer(call)
  equal([response.status, await response.text(), host.codes], [status, body, [code]])
  await host.close()
  return response
}

async function flipped(): Promise<Call> {
  const body = delivery('flipped')
  const signature = await signatureOf(body)
  body[20] = (body[20] as number) ^ 1
  return post(body, { [signatureHeader]: signature })
}

const accepting: readonly Case[] = [
  {
    says: 'a signed delivery gets 200, and its typed handler runs',
    async run(subject) {
      const host = subject.redcumbre()
      const handled = new Promise<unknown>((resolve) => {
        host.on('emisor.revocado', ({ payload: { data }, provider }) =>
          resolve([provider, data.emisorId, data.razonSocial]),
        )
      })
      const response = await host.answer(await signedPost(delivery('one')))
      equal([response.status, response.headers.get('content-type')], [200, 'application/json'])
      equal(Object.keys((await response.json()) as object), ['success', 'receivedAt'])
      equal(await handled, ['redcumbre', 'one', 'PEÑA Y NÚÑEZ SPA \u{1f4e8}'])
      await host.close()
    },
  },
  {
    says: 'a duplicate gets 200 with "duplicate":true, and no second run',
    async run(subject) {
      const host = subject.redcumbre()
      let runs = 0
      host.on('*', () => {
        runs++
      })
      const body = delivery('twice')
      const answers: unknown[] = []
      for (let copy = 0; copy < 3; copy++) {
        const response = await host.answer(await signedPost(body))
        const { duplicate = false } = (await response.json()) as { duplicate?: boolean }
        answers.push([response.status, duplicate])
      }
      await host.close()
      equal(
        [answers, runs],
        [
          [
            [200, false],
            [200, true],
            [200, true],
          ],
          1,
        ],
      )
    },
  },
  {
    says: 'a handler that fails is tried again',
    async run(subject) {
      const host = subject.redcumbre({ retry: { attempts: 2, minDelayMs: 1, maxDelayMs: 20 } })
      const second = new Promise<number>((resolve) => {
        host.on('*', (_, { attempt }) => {
          if (attempt === 1) throw new Error('the first attempt fails')
          resolve(attempt)
        })
      })
      equal((await host.answer(await signedPost(delivery('retried')))).status, 200)
      equal(await second, 2)
      await host.close()
    },
  },
  {
    says: 'a handler may take longer than the answer, and finishes',
    async run(subject) {
      const host = subject.redcumbre()
      let finished = false
      host.on('*', async () => {
        await new Promise((resolve) => setTimeout(resolve, 50))
        finished = true
      })
      const response = await host.answer(await signedPost(delivery('slow')))
      equal([response.status, finished], [200, false])
      await response.text()
      await host.close()
      equal(finished, true)
    },
  },
]

const refusing: readonly Case[] = [
  {
    says: 'one changed byte is 401',
    async run(subject) {
      await refused(subject, await flipped(), [401, unauthorized, 'signature-mismatch'])
    },
  },
  {
    says: 'a missing signature is 401',
    async run(subject) {
      await refused(subject, post(delivery('unsigned'), {}), [401, unauthorized, 'header-missing'])
    },
  },
  {
    says: 'a signature in upper case is 401',
    async run(subject) {
      const body = delivery('upper')
      const call = post(body, { [signatureHeader]: (await signatureOf(body)).toUpperCase() })
      await refused(subject, call, [401, unauthorized, 'header-malformed'])
    },
  },
  {
    says: 'two joined signatures are 401, though both are right',
    async run(subject) {
      const body = delivery('joined')
      const signature = await signatureOf(body)
      const call = post(body, { [signatureHeader]: `${signature}, ${signature}` })
      await refused(subject, call, [401, unauthorized, 'header-malformed'])
    },
  },
  {
    says: 'a header that is appended a second time is 401',
    async run(subject) {
      const body = delivery('appended')
      const headers = new Headers()
      for (let copy = 0; copy < 2; copy++) headers.append(signatureHeader, await signatureOf(body))
      const call = { to: path, init: { method: 'POST', body, headers } }
      await refused(subject, call, [401, unauthorized, 'header-malformed'])
    },
  },
  {
    says: 'a stale timestamp is 401, though rightly signed',
    async run(subject) {
      const call = await signedPost(delivery('stale', new Date(Date.now() - 3_600_000)))
      await refused(subject, call, [401, unauthorized, 'time-past'])
    },
  },
  {
    says: 'GET is 405 with Allow: POST',
    async run(subject) {
      const call = { to: path, init: { method: 'GET' } }
      const answer = [405, '{"error":"method_not_allowed"}', 'method-not-allowed'] as const
      equal((await refused(subject, call, answer)).headers.get('allow'), 'POST')
    },
  },
  {
    says: 'Content-Encoding: gzip is 415',
    async run(subject) {
      const body = delivery('gzip')
      const headers = { [signatureHeader]: await signatureOf(body), 'content-encoding': 'gzip' }
      const answer = [415, '{"error":"unsupported_media_type"}', 'encoding-unsupported'] as const
      await refused(subject, post(body, headers), answer)
    },
  },
  {
    says: 'invalid UTF-8 is 400, though rightly signed',
    async run(subject) {
      const body = delivery('not UTF-8')
      body[body.indexOf(0xc3) + 1] = 0xff
      await refused(subject, await signedPost(body), [400, malformed, 'body-not-utf8'])
    },
  },
  {
    says: 'JSON nested too deep is 400, though rightly signed',
    async run(subject) {
      const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
      const text = JSON.stringify({ ...payload('deep'), deep: 0 }).replace('"deep":0', `"deep":${deep}`)
      await refused(subject, await signedPost(bytesOf(text)), [400, malformed, 'body-too-deep'])
    },
  },
  {
    says: 'after close() it is 503 with Retry-After',
    async run(subject) {
      const host = subject.redcumbre()
      await host.close()
      const response = await host.answer(await signedPost(delivery('late')))
      equal([response.status, response.headers.get('retry-after')], [503, '1'])
      equal([await response.text(), host.codes], ['{"error":"unavailable"}', ['closed']])
    },
  },
]

/** Cases that are the same in every set-up; bodies and schemes have files of their own. */
export const sharedCases: readonly Case[] = [...accepting, ...refusing]
