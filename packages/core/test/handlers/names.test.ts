import { describe, expect, it } from 'vitest'
import { createRouter } from '../../src/handlers/router.ts'
import { type AcmeEvents, acme, bench, paid, signed } from '../support/acme.ts'
import { settled } from '../support/clock.ts'

const namesOf = (register: (router: ReturnType<typeof createRouter<AcmeEvents>>) => void) => {
  const router = createRouter(acme())
  register(router)
  return router.handlersOf('order.paid').handlers.map(({ name }) => name)
}
const hash = expect.stringMatching(/^order\.paid\/[\w-]{8}$/)
const make = (text: string) => () => text

describe('the name of a handler that is given none', () => {
  it("is its pattern and the function's own name", () => {
    function book() {}
    const mail = () => {}
    expect(
      namesOf(({ on }) => {
        on('order.paid', book)
        on('*', mail)
        on('order.paid', mail)
      }),
    ).toEqual(['order.paid/book', '*/mail', 'order.paid/mail'])
  })

  it('is its pattern alone, or with a hash of its source, where the function has no name of its own', () => {
    const { handlers } = createRouter(acme(), { on: { 'order.paid': () => 1 } }).handlersOf('order.paid')
    expect(handlers.map(({ name }) => name)).toEqual(['order.paid'])
    const names = namesOf(({ on }) => on('order.paid', () => 2))
    expect(names).toEqual([hash])
    expect(namesOf(({ on }) => on('order.paid', () => 3))).not.toEqual(names)
    const nameless = Object.defineProperty(() => 4, 'name', { value: Symbol('x') })
    expect(namesOf(({ on }) => on('order.paid', nameless))).toEqual([hash])
  })

  it('is the same in a deployment that registers another one first', () => {
    const old = () => 'old'
    const before = namesOf(({ on }) => {
      on('order.paid', () => 'books')
      on('order.paid', old)
    })
    const after = namesOf(({ on }) => {
      on('order.paid', () => 'new')
      on('order.paid', () => 'books')
      on('order.paid', old)
    })
    expect(after.slice(1)).toEqual(before)
    expect(before).not.toContain(after[0])
  })

  it('changes where a namesake with another source is registered, so that the new one is not taken for it', () => {
    const first = { handle: () => 'first' }.handle
    const second = { handle: () => 'second' }.handle
    const alone = namesOf(({ on }) => on('order.paid', first))
    expect(alone).toEqual(['order.paid/handle'])
    const [one, two] = namesOf(({ on }) => {
      on('order.paid', second)
      on('order.paid', first)
    })
    expect(one).toMatch(/^order\.paid\/handle~[\w-]{8}$/)
    expect(two).toMatch(/^order\.paid\/handle~[\w-]{8}$/)
    expect(new Set([one, two, ...alone]).size).toBe(3)
  })

  it('has a number only for twins, whose sources are the same', () => {
    const [one, two] = namesOf(({ on }) => {
      on('order.paid', make('a'))
      on('order.paid', make('b'))
    })
    expect(one).toMatch(/~[\w-]{8}$/)
    expect(two).toBe(`${one}#2`)
  })

  it('is not one that was given to another', () => {
    function book() {}
    const taken = "Two handlers of one event are named 'order.paid/book': give each its own name"
    expect(() =>
      namesOf(({ on }) => {
        on('order.paid', book)
        on('*', () => {}, { name: 'order.paid/book' })
      }),
    ).toThrow(taken)
    expect(() =>
      namesOf(({ on }) => {
        on('*', () => {}, { name: 'order.paid/book' })
        on('order.paid', book)
      }),
    ).toThrow(taken)
  })
})

describe('the options of a handler', () => {
  it('are a name of 1 to 200 characters, and no other', () => {
    const { receiver } = bench()
    for (const name of ['', 'x'.repeat(201), 7, null]) {
      expect(() => receiver.on('order.paid', () => {}, { name: name as never })).toThrow(
        "A handler's name must be a text of 1 to 200 characters",
      )
    }
    expect(() => receiver.on('order.paid', () => {}, { nmae: 'books' } as never)).toThrow("no option 'nmae'")
  })
})

describe('10 000 handlers of every event', () => {
  it('are registered, and all of them run', async () => {
    const { receiver } = bench()
    let ran = 0
    for (let n = 0; n < 10_000; n++) receiver.on('*', () => ran++)
    await receiver.receive(signed(paid))
    await settled()
    expect(ran).toBe(10_000)
  })
})
