import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { clerk, clerkEventNames } from '../src/clerk/index.ts'
import { resend, resendEventNames } from '../src/resend/index.ts'
import { type SvixOperationalEvents, svix } from '../src/svix/index.ts'
import { receiverOf, sentBy } from './support/inbound.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
/** The example of Svix's documents. */
const documented = {
  'svix-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  'svix-timestamp': '1614265330',
  'svix-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
}
const now = 1_614_265_330_000

describe.each([
  ['svix', svix],
  ['clerk', clerk],
  ['resend', resend],
] as const)('%s', (name, toProvider) => {
  it('verifies the example of Svix, and has its own name and path', async () => {
    const provider = toProvider(secret)
    expect(provider).toMatchObject({ name, path: `/webhooks/${name}` })
    const { post, accepted } = receiverOf<object>(provider as never, now)
    expect(await post('{"test": 2432232314}', documented)).toMatchObject({ kind: 'accepted' })
    expect(await post('{"test": 2432232314}', documented)).toMatchObject({ kind: 'duplicate' })
    expect(await post('{"test": 2432232315}', documented)).toMatchObject({ status: 401 })
    expect(accepted()).toEqual(['message'])
  })

  it('does not take the headers of the specification for those of Svix', async () => {
    const { post } = receiverOf<object>(toProvider(secret) as never, now)
    const renamed = Object.entries(documented).map(([key, value]) => [key.replace('svix', 'webhook'), value])
    expect(await post('{"test": 2432232314}', Object.fromEntries(renamed))).toMatchObject({ status: 401 })
  })

  it('waits for the schedule of Svix, and its eight time-outs', () => {
    expect(toProvider(secret).limits?.retriesForMs).toBe((27 * 3_600 + 35 * 60 + 5 + 120) * 1_000)
  })

  it('throws without a secret', () => {
    expect(() => toProvider(undefined)).toThrow(TypeError)
  })
})

describe('svix', () => {
  it('takes a public key', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')
    const body = '{"test": 2432232314}'
    const signed = Buffer.from(`${documented['svix-id']}.${documented['svix-timestamp']}.${body}`)
    const signature = `v1a,${sign(null, signed, privateKey).toString('base64')}`
    const { post } = receiverOf(svix({ publicKey: `whpk_${raw}` }), now)
    expect(await post(body, { ...documented, 'svix-signature': signature })).toMatchObject({
      kind: 'accepted',
    })
  })

  it('types its own events', async () => {
    const provider = svix<SvixOperationalEvents>(secret)
    const { receiver, post } = receiverOf(provider)
    const triggers: unknown[] = []
    receiver.on('endpoint.disabled', ({ payload }) => triggers.push(payload.data.trigger))
    await post(...(await sentBy(provider, 'endpoint.disabled')))
    await receiver.onIdle()
    expect(triggers).toEqual(['automatic'])
  })
})

describe('clerk', () => {
  it('knows the 45 events of its documents, and types them', async () => {
    expect(new Set(clerkEventNames).size).toBe(45)
    const provider = clerk(secret)
    const { receiver, post } = receiverOf(provider)
    const users: string[] = []
    receiver.on('user.created', ({ payload }) => users.push(payload.data.id))
    await post(...(await sentBy(provider, 'user.created')))
    await receiver.onIdle()
    expect(users).toEqual(['user_29w83sxmDNGwOuEthce5gg56FcC'])
  })
})

describe('resend', () => {
  it('knows the 37 events of its documents, and types them', async () => {
    expect(new Set(resendEventNames).size).toBe(37)
    const provider = resend(secret)
    const { receiver, post } = receiverOf(provider)
    const bounces: unknown[] = []
    receiver.on('email.bounced', ({ payload }) => bounces.push(payload.data.bounce?.type))
    await post(...(await sentBy(provider, 'email.bounced')))
    await receiver.onIdle()
    expect(bounces).toEqual(['Permanent'])
  })
})
