import { memoryInbox } from '@acuse/core'
import { describe, expect, it } from 'vitest'
import { type DashboardOptions, dashboard } from '../src/index.ts'

const inbox = memoryInbox()
const good: DashboardOptions = { authorize: () => true, inboxes: { main: inbox } }

describe('dashboard', () => {
  it('is not constructed without a function that says who may look', () => {
    const wrong: unknown[] = [
      undefined,
      {},
      { inboxes: { main: inbox } },
      { ...good, authorize: true },
      { ...good, authorize: 'ada' },
    ]
    for (const options of wrong)
      expect(() => dashboard(options as DashboardOptions)).toThrow(/needs authorize/)
  })

  it.each<[string, object, RegExp]>([
    ['nothing to show', { inboxes: undefined }, /needs inboxes/],
    ['what is no inbox', { inboxes: { main: {} } }, /inboxes\.main must be an inbox/],
    ['receivers that are no list', { receivers: {} }, /receivers must be a list/],
    ['an option that is misspelt', { basepath: '/x' }, /basePath/],
    ['a path with a query', { basePath: '/a?b' }, /basePath must be a path/],
    ['a path that begins another host', { basePath: '//evil' }, /basePath must be a path/],
    ['a path that is relative', { basePath: 'acuse' }, /basePath must be a path/],
    ['a short secret', { secret: 'short' }, /at least 32 characters/],
    ['another language', { lang: 'de' }, /lang must be/],
    ['no time for authorize', { authorizeTimeoutMs: 0 }, /authorizeTimeoutMs/],
    ['too much time for the inbox', { inboxTimeoutMs: 60_001 }, /inboxTimeoutMs/],
    ['a clock that is none', { clock: {} }, /clock/],
  ])('refuses %s, and says how to mend it', (_what, options, message) => {
    expect(() => dashboard({ ...good, ...options })).toThrow(TypeError)
    expect(() => dashboard({ ...good, ...options })).toThrow(message)
  })

  it.each([
    [undefined, '/acuse'],
    ['/', ''],
    ['/admin/', '/admin'],
    ['/admin/web-hooks', '/admin/web-hooks'],
  ])('with basePath %s answers below %j, and nothing else', async (basePath, base) => {
    const board = dashboard({ ...good, ...(basePath && { basePath }) })
    expect(board.basePath).toBe(base)
    expect((await board(new Request(`http://localhost${base}/dead`))).status).toBe(200)
    expect((await board(new Request(`http://localhost${base && `${base}er`}/elsewhere`))).status).toBe(404)
  })

  it('an inbox that fails or hangs is told on the page, which comes all the same', async () => {
    const broken = {
      ...inbox,
      deadLetters: inbox.deadLetters,
      stats: () => Promise.reject(new Error('disk <full>')),
    }
    const hung = { ...inbox, deadLetters: inbox.deadLetters, stats: () => new Promise<never>(() => {}) }
    const inboxes = { broken, hung } as unknown as NonNullable<DashboardOptions['inboxes']>
    const board = dashboard({ ...good, inboxes: { ...inboxes, main: inbox }, inboxTimeoutMs: 20 })
    const page = await board(new Request('http://localhost/acuse'))
    expect(page.status).toBe(200)
    const html = await page.text()
    expect(html).toContain('Error: disk &lt;full&gt;')
    expect(html).toContain('did not answer within 20 ms')
    expect(html).toContain('Deliveries now: main')
  })

  it('speaks the language of the option, of the link, of the cookie or of the browser, in this order', async () => {
    const langOf = async (
      options: Partial<DashboardOptions>,
      url: string,
      headers: Record<string, string>,
    ) => {
      const page = await dashboard({ ...good, ...options })(
        new Request(`http://localhost/acuse${url}`, { headers }),
      )
      return /<html lang="(..)">/.exec(await page.text())?.[1]
    }
    const spanish = { 'accept-language': 'es-CL,es;q=0.9,en;q=0.8' }
    expect(await langOf({}, '', {})).toBe('en')
    expect(await langOf({}, '', spanish)).toBe('es')
    expect(await langOf({}, '', { 'accept-language': 'de, en;q=0.5, es;q=0.4' })).toBe('en')
    expect(await langOf({}, '', { ...spanish, cookie: 'a=b; acuse-dashboard-lang=en' })).toBe('en')
    expect(await langOf({}, '?lang=es', { cookie: 'acuse-dashboard-lang=en' })).toBe('es')
    expect(await langOf({ lang: 'en' }, '?lang=es', spanish)).toBe('en')
  })
})

describe('receivers', () => {
  const answers = () => true
  const provider = { name: 'stripe' } as never

  it('bring their inboxes, each once, by the name of a provider', async () => {
    const other = memoryInbox()
    const receivers = () => [
      { provider, inbox, answers },
      { receiver: { provider, inbox: other, answers } },
      { provider, inbox: other, answers },
      { provider, inbox: undefined, answers },
    ]
    const html = await (
      await dashboard({ authorize: () => true, receivers })(new Request('http://localhost/acuse/dead'))
    ).text()
    expect(html.match(/\/acuse\/dead\?inbox=[\w-]+/g)).toEqual(
      expect.arrayContaining(['/acuse/dead?inbox=stripe', '/acuse/dead?inbox=stripe-2']),
    )
    expect(html).not.toContain('stripe-3')
  })
})
