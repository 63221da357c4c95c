import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  apiKey,
  explain,
  fromRawHeaders,
  hmac,
  type Provider,
  type ReceiverOptions,
  rsa,
  type Scheme,
  type Secrets,
  type WebhookRequest,
} from '../../src/index.ts'
import { type AcmeEvents, acme, bench, bytesOf, paid } from '../support/acme.ts'

const header = 'X-Acme-Signature'
const keys = { a: 'aaaa1111bbbb2222cccc3333dddd4444', b: 'bbbb1111cccc2222dddd3333eeee4444' }
type Tenant = keyof typeof keys

function by(tenant: Tenant, payload: object = paid, secret = keys[tenant]): WebhookRequest {
  const body = bytesOf(payload)
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  return { method: 'POST', url: `/hooks/${tenant}`, headers: fromRawHeaders([header, signature]), body }
}

const tenantOf = ({ url }: { readonly url: string }) => url.split('/').at(-1) as Tenant

function receiverOf(
  secretOf: Secrets,
  changes: Partial<Provider<AcmeEvents>> = {},
  options: ReceiverOptions<AcmeEvents> = {},
) {
  const scheme = hmac({ header, secret: secretOf })
  const made = bench(options, { scheme, ...changes })
  const seen: { keyId: string; headers: object; amount: number }[] = []
  made.receiver.on(
    'order.paid',
    ({ payload: { amount } }, { keyId, headers }) => void seen.push({ keyId, headers, amount }),
  )
  return { ...made, seen }
}

describe('where keys are by tenant', () => {
  const functions: Record<string, Secrets> = {
    'a function that answers a key': (request) => keys[tenantOf(request)],
    'a function that answers a list': (request) => [keys[tenantOf(request)], 'another-key-of-that-tenant'],
    'a function that names the tenant': (request) => ({ [tenantOf(request)]: keys[tenantOf(request)] }),
  }

  for (const [what, secretOf] of Object.entries(functions)) {
    it(`by ${what}, two tenants with the same event are two events, and nobody squats on another's`, async () => {
      const { receiver, seen } = receiverOf(secretOf)
      const kinds: string[] = []
      for (const request of [
        by('a', { ...paid, amount: 9 }),
        by('b'),
        by('b'),
        by('a', { ...paid, amount: 9 }),
      ])
        kinds.push((await receiver.receive(request)).kind)
      await receiver.onIdle()
      expect(kinds).toEqual(['accepted', 'accepted', 'duplicate', 'duplicate'])
      expect(seen.map(({ amount }) => amount)).toEqual([9, 12])
    })
  }

  it('handlers see the name of the key, and the headers that are kept, in either level', async () => {
    for (const options of [{}, { ack: 'handled' } as const]) {
      const { receiver, seen } = receiverOf(
        functions['a function that names the tenant'] as Secrets,
        {},
        {
          keepHeaders: ['X-Request-Id'],
          ...options,
        },
      )
      const request = by('b')
      const headers = fromRawHeaders([
        header,
        request.headers.values('x-acme-signature')[0] as string,
        'X-Request-ID',
        'r-1',
      ])
      expect((await receiver.receive({ ...request, headers })).status).toBe(200)
      await receiver.onIdle()
      expect(seen).toEqual([{ keyId: 'b', headers: { 'x-request-id': 'r-1' }, amount: 12 }])
    }
  })

  it('a name may have several keys, and a retry that is signed with the next one is the same event', async () => {
    const next = 'cccc1111dddd2222eeee3333ffff4444'
    const { receiver } = receiverOf((request) => ({ [tenantOf(request)]: [keys.a, next] }))
    expect((await receiver.receive(by('a'))).kind).toBe('accepted')
    expect((await receiver.receive(by('a', paid, next))).kind).toBe('duplicate')
    const fixed = receiverOf({ current: [keys.a, next] })
    expect((await fixed.receiver.receive(by('a', paid, next))).kind).toBe('accepted')
    expect(fixed.observations[0]).toMatchObject({ keyId: 'current' })
  })

  it('a map that rotates one key is one owner: a retry that is signed with the next one is the same event', async () => {
    const { receiver } = receiverOf({ current: keys.a, next: keys.b })
    expect((await receiver.receive(by('a'))).kind).toBe('accepted')
    expect((await receiver.receive(by('b'))).kind).toBe('duplicate')
  })

  it('public keys and API keys tell tenants apart, too', async () => {
    const pairs = {
      a: generateKeyPairSync('rsa', { modulusLength: 2048 }),
      b: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    }
    const body = bytesOf(paid)
    const schemes: [Scheme, (tenant: Tenant) => string][] = [
      [
        rsa({ header, publicKey: (request) => pairs[tenantOf(request)].publicKey }),
        (tenant) => sign('sha256', body, pairs[tenant].privateKey).toString('base64'),
      ],
      [apiKey({ header, key: (request) => keys[tenantOf(request)] }), (tenant) => keys[tenant]],
    ]
    for (const [scheme, proofOf] of schemes) {
      const { receiver } = receiverOf(keys.a, { scheme })
      const kinds: string[] = []
      for (const tenant of ['a', 'b', 'a'] as const)
        kinds.push(
          (await receiver.receive({ ...by(tenant), headers: fromRawHeaders([header, proofOf(tenant)]) }))
            .kind,
        )
      expect(kinds).toEqual(['accepted', 'accepted', 'duplicate'])
    }
  })

  it('what stands for a key is in no verdict that is printed', () => {
    const verdict = hmac({ header, secret: (_) => keys.a }).verify(by('a'))
    expect(JSON.stringify(verdict)).toBe('{"keyId":"default"}')
    expect(Object.keys(verdict)).toEqual(['keyId'])
  })
})

describe('one key at two endpoints', () => {
  it('is told by the log; one endpoint, and two keys, are not', () => {
    const lines: string[] = []
    const silent = (): void => {}
    const logger = {
      debug: silent,
      info: (_: object, line: string) => lines.push(line),
      warn: silent,
      error: silent,
    }
    const shared = 'eeee1111ffff2222aaaa3333bbbb4444'
    const at = (endpoint: string, secretOf: string) => receiverOf(secretOf, {}, { endpoint, logger })
    at('kyb', shared)
    at('kyb', shared)
    at('other', 'ffff1111eeee2222dddd3333cccc4444')
    expect(lines).toEqual([])
    at('onboarding', shared)
    expect(lines).toMatchObject([expect.stringContaining("'kyb' and 'onboarding' take the same key")])
  })
})

describe('a provider that says which field names the tenant', () => {
  const ways: Record<string, Provider<AcmeEvents>['tenantOf']> = {
    'by its path': 'account.tenant',
    'by a function': (payload) => (payload['account'] as { tenant?: unknown } | undefined)?.tenant,
  }
  for (const [how, tenant] of Object.entries(ways)) {
    for (const [what, secretOf] of Object.entries({
      map: keys,
      function: (r: { readonly url: string }) => ({ [tenantOf(r)]: keys[tenantOf(r)] }),
    })) {
      it(`${how} takes what a tenant signs for itself, and refuses what it signs for another (keys in a ${what})`, async () => {
        const { receiver, codes, seen } = receiverOf(secretOf as Secrets, { tenantOf: tenant as string })
        const statuses: number[] = []
        for (const signer of ['a', 'b'] as const)
          for (const named of ['a', 'b'])
            statuses.push(
              (await receiver.receive(by(signer, { ...paid, account: { tenant: named } }))).status,
            )
        await receiver.onIdle()
        expect(statuses).toEqual([200, 401, 401, 200])
        expect(codes()).toEqual(['tenant-mismatch', 'tenant-mismatch'])
        expect(seen.map(({ keyId }) => keyId)).toEqual(['a', 'b'])
      })
    }
  }

  it('refuses a payload that names none', async () => {
    for (const payload of [
      paid,
      { ...paid, account: null },
      { ...paid, account: { tenant: { a: 1 } } },
      { ...paid, account: { tenant: '' } },
    ]) {
      const { receiver, codes } = receiverOf(keys, { tenantOf: 'account.tenant' })
      expect((await receiver.receive(by('a', payload))).status).toBe(401)
      expect(codes()).toEqual(['tenant-mismatch'])
    }
    const provider = acme({ scheme: hmac({ header, secret: keys }), tenantOf: 'account.tenant' })
    expect(await explain(by('a'), provider)).toMatchObject({ code: 'tenant-mismatch' })
  })

  it.each<[string, () => unknown, string]>([
    [
      'throws',
      () => {
        throw new Error('no such field')
      },
      'no such field',
    ],
    [
      'throws undefined',
      () => {
        throw undefined
      },
      'undefined was thrown',
    ],
    ['answers a promise', () => Promise.resolve('a'), 'tenantOf() of the provider answered a promise'],
    ['rejects', () => Promise.reject(new Error('no')), 'tenantOf() of the provider answered a promise'],
  ])('is misconfigured where it %s: 500, no handler runs, and the log says why', async (_, tenantOf, why) => {
    const lines: string[] = []
    const silent = (): void => {}
    const logger = {
      debug: silent,
      info: silent,
      warn: silent,
      error: (_details: object, message: string) => void lines.push(message),
    }
    const { receiver, seen } = receiverOf(keys, { tenantOf }, { logger })
    expect(await receiver.receive(by('a'))).toMatchObject({
      status: 500,
      body: '{"error":"misconfigured"}',
      code: 'receiver-failed',
    })
    expect(lines).toEqual([expect.stringContaining(why)])
    expect(seen).toEqual([])
    const provider = acme({ scheme: hmac({ header, secret: keys }), tenantOf })
    expect(await explain(by('a'), provider)).toMatchObject({
      code: 'receiver-failed',
      findings: [{ kind: 'request-refused', detail: expect.stringContaining(why) }],
    })
  })

  it('takes a number for its digits', async () => {
    const { receiver } = receiverOf({ 8: keys.a }, { tenantOf: 'tenantId' })
    expect((await receiver.receive(by('a', { ...paid, tenantId: 8 }))).status).toBe(200)
    expect((await receiver.receive(by('a', { ...paid, tenantId: 9 }))).status).toBe(401)
  })
})
