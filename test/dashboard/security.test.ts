import type { Inbox } from '@acuse/core'
import { dashboard } from '@acuse/dashboard'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startBrowser, watch, windowOf } from './browser.ts'
import { deliveryOf, failEach, keepDead } from './deliveries.ts'
import { type Served, serve } from './serve.ts'
import { type OwnInbox, stores } from './stores.ts'

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser.close())

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function start(opened: OwnInbox): Promise<{ readonly inbox: Inbox; readonly served: Served }> {
  ends.push(opened.stop)
  const served = await serve({ inboxes: { main: opened.inbox } })
  ends.push(served.stop)
  return { inbox: opened.inbox, served }
}

/** Ways out of an element, an attribute of either kind, text, a style, a script and an address; and controls that hide them. */
const attacks: readonly (readonly [what: string, attack: string])[] = [
  [
    'markup',
    [
      `<script>globalThis.pwned='script'</script>`,
      `"><img src=x onerror="globalThis.pwned='img'">`,
      `' autofocus onfocus='globalThis.pwned="attribute"' x='`,
      `</textarea></style></title></pre></script><svg onload="globalThis.pwned='svg'">`,
      '\u0000\u202e<iframe srcdoc="<script>parent.pwned=1</script>">`',
    ].join(' '),
  ],
  ['an address', `javascript:globalThis.pwned='address'`],
]

describe.each(stores)('over $store', ({ open }) => {
  it.each(attacks)('%s in every field of a delivery is text', async (_what, attack) => {
    const { inbox, served } = await start(open())
    const headers = { 'x-request-id': attack, traceparent: attack, 'user-agent': attack, [attack]: attack }
    const fields = {
      type: attack,
      provider: attack,
      keyId: attack,
      headers,
      orderingKey: attack,
      bodyHash: attack,
    }
    const body = Buffer.from(JSON.stringify({ [attack]: attack, deep: [attack] }))
    const error = Object.assign(new Error(attack), { stack: attack, name: attack })
    await keepDead(inbox, [deliveryOf(1, { ...fields, endpoint: attack, id: attack, body })])
    await failEach(inbox, [deliveryOf(2, { ...fields, id: `2 ${attack}`, body: Buffer.from(attack) })], error)
    await inbox.accept(deliveryOf(3, { ...fields, id: `3 ${attack}`, body }), { minRetentionMs: 1_000 })
    const event = { provider: attack, id: attack, event: attack, endpoint: attack }
    served.board.observer({ type: 'dead', reason: 'stale', attempt: 1, error, ...event })
    served.board.observer({ type: 'accepted', keyId: attack, durationMs: 1, ...event })
    await served.board.keepRefused([refusedWith(attack)])
    const ids = (await inbox.deadLetters.list()).letters.map(({ id }) => id)
    expect(ids).toHaveLength(2)

    const context = await windowOf(browser, 'ada')
    ends.push(() => context.close())
    const page = await context.newPage()
    const wrongs = watch(page, served.origin)
    const q = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString()
    const filters = { provider: attack, type: attack, orderingKey: attack, endpoint: attack }
    for (const path of [
      '',
      '/dead',
      `/dead?${q(filters)}`,
      ...ids.map((id) => `/delivery?${q({ inbox: 'main', id })}`),
      `/delivery?${q({ inbox: 'main', id: `3 ${attack}` })}`,
      `/deliveries?${q({ state: 'waiting', ...filters })}`,
      `/search?${q({ id: 'none', ...filters })}`,
      '/live',
      '/refused',
      `/refusal?${q({ endpoint: attack, at: '2026-01-31T12:00:00.000Z' })}`,
      `/change?${q({ what: 'redrive', inbox: 'main' })}`,
      `/change?${q({ what: 'discard', inbox: 'main', ...filters })}`,
      `/change?${q({ what: attack })}`,
      `/dead?${q({ from: attack })}`,
      `/job?${q({ id: attack })}`,
      `/${encodeURIComponent(attack)}?${q({ lang: attack, inbox: attack })}`,
    ]) {
      await page.goto(served.url + path)
      expect(await page.evaluate(() => Reflect.get(globalThis, 'pwned')), path).toBeUndefined()
      expect(
        await page
          .locator(
            'iframe, img, main svg:not(.chart), script:not([src]), [onload], [onerror], [onfocus], a[href^="javascript:" i]',
          )
          .count(),
        path,
      ).toBe(0)
    }
    // Behind the script of the live view, too.
    await page.goto(`${served.url}/live`)
    const before = await page.locator('#events tbody tr').count()
    served.board.observer({ type: 'accepted', keyId: attack, durationMs: 1, ...event })
    await expect
      .poll(() => page.locator('#events tbody tr').count(), { timeout: 30_000 })
      .toBeGreaterThan(before)
    expect(await page.evaluate(() => Reflect.get(globalThis, 'pwned'))).toBeUndefined()
    expect(wrongs).toEqual([])
  })
})

function refusedWith(attack: string) {
  const at = '2026-01-31T12:00:00.000Z'
  const rest = {
    status: 401,
    method: attack,
    url: attack,
    headers: [[attack, attack]] as const,
    redacted: [attack],
  }
  return {
    at,
    endpoint: attack,
    provider: attack,
    code: 'signature-mismatch' as const,
    ...rest,
    body: Buffer.from(attack),
  }
}

describe('a form that changes something', () => {
  const fields = { what: 'discard', inbox: 'main' }

  /** A user's cookie and token, as their own page has them. */
  async function visit(
    { get }: Served,
    user: string,
  ): Promise<{ readonly cookie: string; readonly token: string }> {
    const page = await get('/change?what=discard&inbox=main', user)
    const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    return { cookie, token: /name="token" value="([^"]+)"/.exec(await page.text())?.[1] ?? '' }
  }

  async function post(
    { url }: Served,
    user: string,
    form: Record<string, string>,
    headers: Record<string, string>,
  ) {
    return await fetch(`${url}/change`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ ...fields, until: new Date(Date.now() + 1_000).toISOString(), ...form }),
      headers: { authorization: `Basic ${btoa(`${user}:x`)}`, ...headers },
    })
  }

  it.each(stores)(
    'is refused unless it is the own page’s, the own session’s and the own user’s, over $store',
    async ({ open }) => {
      const { inbox, served } = await start(open())
      await keepDead(inbox, [deliveryOf(1)])
      const { cookie, token } = await visit(served, 'ada')
      const other = await visit(served, 'grace')
      const { origin } = served
      const good = { origin, cookie }
      const tries: [what: string, form: Record<string, string>, headers: Record<string, string>][] = [
        ['another origin', { token }, { cookie, origin: 'https://evil.example' }],
        ['an origin that is hidden', { token }, { cookie, origin: 'null' }],
        ['no origin', { token }, { cookie }],
        ['another site', { token }, { ...good, 'sec-fetch-site': 'cross-site' }],
        ['a sibling site', { token }, { ...good, 'sec-fetch-site': 'same-site' }],
        ['no token', {}, good],
        ['an empty token', { token: '' }, good],
        [
          'a token that was changed',
          { token: token.replace(/.$/, (end) => (end === 'A' ? 'B' : 'A')) },
          good,
        ],
        ['a token that lives longer', { token: token.replace(/^[^.]+/, 'zzzzzz') }, good],
        ['the token of another user', { token: other.token }, good],
        ['token and session of another user', { token: other.token }, { origin, cookie: other.cookie }],
        ['another session', { token }, { origin, cookie: other.cookie }],
        ['no session', { token }, { origin }],
        ['JSON', { token }, { ...good, 'content-type': 'application/json' }],
        [
          'a form of another coding',
          { token },
          { ...good, 'content-type': 'multipart/form-data; boundary=x' },
        ],
        ['too large a form', { token, padding: 'x'.repeat(100_000) }, good],
      ]
      for (const [what, form, headers] of tries)
        expect((await post(served, 'ada', form, headers)).status, what).toBe(403)
      expect((await post(served, 'reader', { token }, good)).status).toBe(403)
      expect((await post(served, 'nobody', { token }, good)).status).toBe(403)
      expect(await inbox.stats()).toMatchObject({ dead: 1 })
      expect((await post(served, 'ada', { token }, good)).status).toBe(303)
      expect(await inbox.stats()).toMatchObject({ dead: 0 })
    },
  )

  it('on another site is refused in a browser that has the session', async () => {
    const { inbox, served } = await start(stores[0]?.open() ?? expect.fail())
    await keepDead(inbox, [deliveryOf(1)])
    const context = await windowOf(browser, 'ada')
    ends.push(() => context.close())
    const page = await context.newPage()
    await page.goto(`${served.url}/change?what=discard&inbox=main`)
    const token = await page.inputValue('input[name=token]')
    // The same server under another name is another site.
    const evil = served.origin.replace('127.0.0.1', 'localhost')
    await page.route(`${evil}/**`, (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="${served.url}/change"><input name="token" value="${token}"><input name="what" value="discard"><input name="inbox" value="main"><input name="until" value="2099-01-01T00:00:00Z"><button>win</button></form>`,
      }),
    )
    await page.goto(`${evil}/prize`)
    const [answer] = await Promise.all([page.waitForResponse(`${served.url}/change`), page.click('button')])
    expect(answer.status()).toBe(403)
    expect(await inbox.stats()).toMatchObject({ dead: 1 })
  })
})

describe('who may not look', () => {
  it.each([
    '',
    '/dead',
    '/deliveries',
    '/delivery?id=x',
    '/body?id=x',
    '/search',
    '/live',
    '/live/events',
    '/refused',
    '/change?what=redrive',
    '/job',
    '/nothing',
    '/assets/x.css',
  ])('gets the same from %s', async (path) => {
    const { inbox, served } = await start(stores[0]?.open() ?? expect.fail())
    await keepDead(inbox, [deliveryOf(1)])
    const answer = await served.get(path, 'stranger')
    expect([answer.status, await answer.text()]).toEqual([403, 'Forbidden\n'])
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  it('and nobody is let in by an authorize that throws, rejects, hangs or answers something else', async () => {
    const opened = stores[0]?.open() ?? expect.fail()
    ends.push(opened.stop)
    const wrongs: unknown[] = [
      () => {
        throw new Error('the sessions are away')
      },
      () => Promise.reject(new Error('the sessions are away')),
      () => new Promise(() => {}),
      () => undefined,
      () => null,
      () => 'ada',
      () => 1,
      () => ({}),
      () => ({ mayWrite: true }),
      () => ({ user: 7 }),
    ]
    for (const authorize of wrongs) {
      const board = dashboard({
        authorize: authorize as () => boolean,
        inboxes: { main: opened.inbox },
        authorizeTimeoutMs: 20,
      })
      expect((await board(new Request('http://localhost/acuse'))).status).toBe(403)
    }
  })
})

it('every answer forbids frames, scripts of others, sniffing and caching', async () => {
  const { served } = await start(stores[0]?.open() ?? expect.fail())
  for (const path of ['', '/dead', '/live/events', '/body?id=x', '/nothing', '/delivery?id=none']) {
    const { headers } = await served.get(path)
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('same-origin')
  }
})

it('a body is a file of bytes, byte for byte, whatever it says it is', async () => {
  const { inbox, served } = await start(stores[0]?.open() ?? expect.fail())
  const body = Buffer.concat([
    Buffer.from('<html><script>alert(1)</script>'),
    Buffer.from([0, 255, 254, 13, 10]),
  ])
  await failEach(inbox, [deliveryOf(1, { body, headers: { 'content-type': 'text/html' } })], new Error('no'))
  const answer = await served.get(`/body?${new URLSearchParams({ inbox: 'main', id: deliveryOf(1).id })}`)
  expect(answer.headers.get('content-type')).toBe('application/octet-stream')
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+"$/)
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(body)
})
