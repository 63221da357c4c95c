import { describe, expect, it } from 'vitest'
import { zoom, zoomEventNames } from '../src/zoom/index.ts'
import { bench, mac, now, secret } from './support/clouds.ts'

function signed(payload: object, seconds = Math.floor(now / 1000)) {
  const body = JSON.stringify(payload)
  const headers = {
    'x-zm-request-timestamp': String(seconds),
    'x-zm-signature': `v0=${mac(`v0:${seconds}:${body}`)}`,
  }
  return { body, headers }
}

const validation = (plainToken: string) => ({
  event: 'endpoint.url_validation',
  event_ts: 1,
  payload: { plainToken },
})

describe('zoom', () => {
  it('names no event twice', () => {
    expect(new Set(zoomEventNames).size).toBe(zoomEventNames.length)
    expect(zoomEventNames).toHaveLength(289)
  })

  it('answers the validation of the URL with a MAC of the token, as often as it comes, and stores nothing', async () => {
    const { events, send } = bench(zoom(secret))
    for (const plainToken of ['qgg8vlvZRS6UYooatFL8Aw', 'qgg8vlvZRS6UYooatFL8Aw', 'another_-1']) {
      const { status, text } = await send(signed(validation(plainToken)))
      expect(status).toBe(200)
      expect(JSON.parse(text)).toEqual({ plainToken, encryptedToken: mac(plainToken) })
    }
    expect(events).toEqual([])
  })

  it('signs no token for whoever has no signature, and none that could be signed content', async () => {
    const { send } = bench(zoom(secret))
    const { body, headers } = signed(validation('abc'))
    expect((await send({ body, headers: { ...headers, 'x-zm-signature': `v0=${mac('abc')}` } })).status).toBe(
      401,
    )
    expect((await send(signed(validation('abc'), Math.floor(now / 1000) - 3_600))).status).toBe(401)
    for (const token of ['v0:1795633156:{}', '', 'a b', 'x'.repeat(201)]) {
      const { status, text } = await send(signed(validation(token)))
      expect(status, token).toBe(400)
      expect(text).not.toContain(mac(token))
    }
  })

  it("takes a recording whose download token is another for the same event, and another's content for another", async () => {
    const { events, send } = bench(zoom(secret))
    const recording = (uuid: string, download_token: string) => ({
      event: 'recording.completed',
      event_ts: 1,
      download_token,
      payload: { object: { uuid } },
    })
    await send(signed(recording('u1', 'one')))
    await send(signed(recording('u1', 'two')))
    await send(signed(recording('u2', 'two')))
    expect(events).toMatchObject([
      { type: 'recording.completed', payload: { download_token: 'one' } },
      { payload: { payload: { object: { uuid: 'u2' } } } },
    ])
  })

  it('sends samples of the time', async () => {
    const { sending } = zoom(secret)
    for (const [event, sample] of Object.entries((await sending?.samples()) ?? {}))
      expect(sending?.stamp?.(sample as never, new Date(7))).toMatchObject({ event, event_ts: 7 })
  })
})
