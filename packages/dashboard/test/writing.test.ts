import { memoryInbox } from '@acuse/core'
import { expect, it } from 'vitest'
import { Tokens, toSecret } from '../src/csrf.ts'
import { dashboard } from '../src/index.ts'

const secret = 'f3a9c1d07be2485690d4c7ab13ef5268'
const session = 'A'.repeat(22)

async function post(mayWrite: boolean, path = '/change'): Promise<number> {
  const board = dashboard({
    authorize: () => ({ user: 'ada', mayWrite }),
    inboxes: { main: memoryInbox() },
    secret,
  })
  const token = new Tokens(toSecret(secret)).make('ada', session, Date.now())
  const until = new Date().toISOString()
  const answer = await board(
    new Request(`http://localhost/acuse${path}`, {
      method: 'POST',
      body: new URLSearchParams({ token, what: 'discard', inbox: 'main', until }),
      headers: { origin: 'http://localhost', host: 'localhost', cookie: `acuse-dashboard=${session}` },
    }),
  )
  return answer.status
}

it('processes that share a secret take each other’s forms', async () => {
  expect(await post(true)).toBe(303)
})

it('a user who may only look changes nothing, with a token that is good', async () => {
  expect(await post(false)).toBe(403)
  expect(await post(false, '/job/stop')).toBe(403)
})

it('a form is taken only where something is changed', async () => {
  expect(await post(true, '/dead')).toBe(404)
  expect(await post(true, '/__proto__')).toBe(404)
})
