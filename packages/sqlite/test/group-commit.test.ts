import { systemClock } from '@acuse/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { acceptDelivery } from '../src/accept.ts'
import type { Transaction } from '../src/commit.ts'
import { openAtStart, openConnection } from '../src/connection.ts'
import { Writer } from '../src/writer.ts'
import { countingDriver } from './support/counting-driver.ts'
import { delivery } from './support/delivery.ts'
import { faultyDriver } from './support/faulty-driver.ts'
import { tempFile } from './support/temp-file.ts'

const keeping = { now: 0, keepUntil: 1 }

function openWriter() {
  const path = tempFile()
  const driver = faultyDriver()
  const writer = new Writer(openAtStart(driver.open, path), {
    path,
    reopen: (isChecked) => openConnection(driver.open, path, { isBusyAllowed: false, isChecked }),
    clock: systemClock,
    maxWalBytes: 2 ** 30,
  })
  onTestFinished(() => writer.close())
  return { writer, driver }
}

const accept = (name: string) => (transaction: Transaction) =>
  acceptDelivery(transaction, delivery(name), keeping, 1_000).result

const throwing = new Proxy(
  {},
  { get: () => fail('read'), has: () => fail('has'), getPrototypeOf: () => fail('of') },
)

function fail(what: string): never {
  throw new Error(what)
}

const thrown: readonly unknown[] = [
  new Error('an error'),
  Object.create(null),
  Object.assign(new Error('x'), { message: Symbol('no text') }),
  Symbol('a symbol'),
  undefined,
  null,
  0,
  throwing,
]

describe('work that throws', () => {
  it('costs only itself, whatever it throws, and nothing of it is written', async () => {
    const { writer, driver } = openWriter()
    const refused = thrown.map((value, at) =>
      writer.write((transaction) => {
        accept(`bad${at}`)(transaction)
        throw value
      }),
    )
    const accepted = Array.from({ length: 30 }, (_, at) => writer.write(accept(`good${at}`)))
    expect(await Promise.all(accepted)).toEqual(accepted.map(() => 'accepted'))
    for (const [at, promise] of refused.entries()) {
      const caught = await promise.then(
        () => 'resolved',
        (error: unknown) => ({ error }),
      )
      expect(typeof caught === 'object' && Object.is(caught.error, thrown[at])).toBe(true)
    }
    expect(writer.read((sql) => sql.readLive.get())).toMatchObject({ live: 30 })
    expect(writer.read((sql) => sql.find.get(delivery('bad0').id))).toBeUndefined()
    expect(driver.opened).toBe(1)
  })

  it('costs only itself when SQLite refuses its values, and the file is not opened anew for it', async () => {
    const { writer, driver } = openWriter()
    const results = [
      writer.write(accept('before')),
      writer.write(({ sql }) => sql.insertContent.run(1_000, null as never, null)),
      writer.write(({ sql }) => sql.insertContent.run(Symbol('no value') as never, '{}', null)),
      writer.write(accept('after')),
    ]
    const settled = await Promise.allSettled(results)
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect(driver.opened).toBe(1)
    expect(await writer.write(accept('before'))).toBe('duplicate')
  })
})

describe('what nobody waits for', () => {
  it('is written with what is asked for next, in one commit, and alone where nothing is', async () => {
    const path = tempFile()
    const driver = countingDriver()
    const { open } = driver
    const reopen = (isChecked: boolean) => openConnection(open, path, { isBusyAllowed: false, isChecked })
    const writer = new Writer(openAtStart(open, path), {
      path,
      reopen,
      clock: systemClock,
      maxWalBytes: 2 ** 30,
    })
    const before = driver.commits
    const written = [
      writer.writeAlong(accept('a')),
      writer.writeAlong(accept('b')),
      writer.write(accept('c')),
    ]
    expect(await Promise.all(written)).toEqual(['accepted', 'accepted', 'accepted'])
    expect(driver.commits).toBe(before + 1)
    expect(await writer.writeAlong(accept('d'))).toBe('accepted')
    expect(driver.commits).toBe(before + 2)
    const last = writer.writeAlong(accept('e'))
    await writer.close()
    expect(await last).toBe('accepted')
  })
})
