import { bullmqInbox } from '@acuse/bullmq'
import { redisDedupe } from '@acuse/redis'
import { sqliteInbox } from '@acuse/sqlite'
import { describe, expect, it } from 'vitest'
import { toSettings } from '../packages/bullmq/src/options.ts'
import { watchUnhandled } from '../packages/core/test/support/unhandled.ts'

const connection = 'redis://127.0.0.1:1'

const factories: Record<string, [names: string[], make: (option: object) => unknown]> = {
  sqliteInbox: [
    ['retentionMs', 'maxDeliveries', 'leaseMs', 'pollMs', 'maxWalBytes', 'clock', 'random'],
    (option) => sqliteInbox('/nonexistent/webhooks.db', option),
  ],
  bullmqInbox: [
    [
      'retentionMs',
      'maxDeliveries',
      'timeoutMs',
      'replicas',
      'leaseMs',
      'onError',
      'clock',
      'role',
      'name',
      'prefix',
    ],
    (option) => bullmqInbox({ connection, ...option }),
  ],
  redisDedupe: [
    ['prefix', 'timeoutMs', 'retentionMs', 'replicas', 'clock'],
    (option) => redisDedupe({} as never, option),
  ],
}

describe.each(Object.entries(factories))('%s', (_, [names, make]) => {
  it.each(names)('refuses what %s cannot be, before it opens anything', (name) => {
    for (const value of [null, Number.NaN, 1.5, {}, [], false, Symbol('s')]) {
      expect(() => make({ [name]: value })).toThrow(TypeError)
      expect(() => make({ [name]: value })).toThrow(new RegExp(name))
    }
    expect(() => make({ tiem: 1 })).toThrow("has no option 'tiem'")
  })
})

describe('onError of bullmqInbox', () => {
  watchUnhandled()

  it('that throws or rejects ends nothing', async () => {
    const fails: (() => unknown)[] = [() => Promise.reject(new Error('no')), () => expect.unreachable()]
    for (const onError of fails)
      toSettings({ connection, onError: onError as () => void }).onError(new Error('x'))
    await new Promise((resolve) => setImmediate(resolve))
  })
})
