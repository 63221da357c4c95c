import { describe, expect, it } from 'vitest'
import type { Provider } from '../../src/index.ts'
import { type AnyEvents, ruled } from '../support/ruled.ts'
import { schemeOf } from '../support/schemes.ts'

const get = { method: 'GET', proof: 'none', answer: { text: { query: 'challenge', as: 'token' } } }
const post = { ...get, method: 'POST', when: { body: 'type', is: 'ping' } }
const proven = { ...post, proof: 'scheme' }
const where = 'provider.handshakes[]'
const strict = `${where}.answer must tell a value back in a strict grammar, as: 'token' or 'id'`
const secretRemedy = `${where}.proof.secret must be the token that you gave the sender, 8 characters or more`
const noContent = 'status must be 200, 201 or 202 where there is a body: a 204 has none'
const token = { equals: { query: 'token' }, secret: 'eight-or-more' }
const withMac = schemeOf({ mac: () => 'a' })
const mac = (of: object = { body: 'a', as: 'id' }) => ({ json: { a: { mac: of } } })

describe('a handshake is refused with what it takes', () => {
  it.each<[object, string]>([
    [{ ...get, method: 'PUT' }, `${where}.method must be GET, HEAD, OPTIONS, POST`],
    [{ ...get, method: undefined }, `${where}.method must be GET, HEAD, OPTIONS, POST`],
    [{ ...get, path: '/' }, `${where} has no option 'path'. It has: method, proof, when, answer, tell`],
    [{ ...get, proof: 'scheme' }, `${where}.proof must be 'none' or a token for GET: a scheme proves a POST`],
    [{ ...get, proof: undefined }, `${where}.proof must be an object of values by name, not undefined`],
    [{ ...get, proof: 'token' }, `${where}.proof must be an object of values by name, not string`],
    [{ ...get, proof: { equals: { query: 'token' } } }, secretRemedy],
    [{ ...get, proof: { ...token, secret: 'short' } }, secretRemedy],
    [{ ...get, proof: { ...token, secret: 'a line\nand another' } }, secretRemedy],
    [{ ...get, proof: { ...token, equals: {} } }, `${where}.proof.equals must state one of header, query`],
    [
      { ...get, proof: { secret: 'eight-or-more' } },
      `${where}.proof.equals must be an object of values by name, not undefined`,
    ],
    [{ ...get, when: { query: 'a' } }, `${where}.when must state is: 'a text', or exists: true or false`],
    [{ ...post, when: undefined }, `${where}.when must tell a POST that is a handshake from a delivery`],
    [{ ...post, when: [] }, `${where}.when must tell a POST that is a handshake from a delivery`],
    [{ ...get, answer: undefined }, `${where}.answer must be an object of values by name, not undefined`],
    [
      { ...get, answer: { body: 'a' } },
      `${where}.answer has no option 'body'. It has: status, json, text, headers`,
    ],
    [{ ...get, answer: { status: 302 } }, `${where}.answer.status must be 200, 201, 202 or 204`],
    [
      { ...get, answer: { json: {}, text: { text: 'a' } } },
      `${where}.answer must have json or text, not both`,
    ],
    [{ ...get, answer: { status: 204, text: { text: 'a' } } }, `${where}.answer.${noContent}`],
    [{ ...get, answer: { status: 204, json: {} } }, `${where}.answer.${noContent}`],
    [
      { ...get, answer: { headers: { 'a b': { text: 'a' } } } },
      `${where}.answer.headers must be a header name (RFC 9110 §5.6.2)`,
    ],
    [{ ...get, answer: { text: { query: 'a' } } }, strict],
    [{ ...get, answer: { text: { query: 'a', as: 'text' } } }, strict],
    [{ ...get, answer: { json: { a: { query: 'a' } } } }, strict],
    [{ ...get, answer: { headers: { a: { header: 'a' } } } }, strict],
    [{ ...get, answer: { text: {} } }, `${where}.answer must state one of header, query`],
    [
      { ...get, tell: { query: 'a' } },
      `${where}.tell must tell a value back in a strict grammar, as: 'token' or 'id'`,
    ],
    [
      { ...get, tell: { mac: { query: 'a', as: 'id' } } },
      `${where}.tell has a MAC, and no scheme that proves the request and makes one`,
    ],
    [
      { ...get, answer: mac() },
      `${where}.answer has a MAC, and no scheme that proves the request and makes one`,
    ],
    [
      { ...post, answer: mac() },
      `${where}.answer has a MAC, and no scheme that proves the request and makes one`,
    ],
    [
      { ...proven, answer: mac({ body: 'a', as: 'token' }) },
      `${where}.answer signs a value: it must be as: 'id', which no separator of what is signed fits`,
    ],
    [
      { ...proven, answer: mac({ body: 'a' }) },
      `${where}.answer signs a value: it must be as: 'id', which no separator of what is signed fits`,
    ],
    [{ ...proven, answer: mac({}) }, `${where}.answer must state one of header, query`],
    [
      { ...proven, answer: { json: { a: { mac: 7 } } } },
      `${where}.answer must be an object of values by name, not 7`,
    ],
  ])('%o', (handshake, message) => {
    const make = () => ruled({ scheme: withMac, handshakes: [handshake] } as Partial<Provider<AnyEvents>>)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })

  it('where a scheme makes no MAC', () => {
    expect(() => ruled({ scheme: schemeOf(), handshakes: [{ ...proven, answer: mac() }] as never })).toThrow(
      'has a MAC, and no scheme that proves the request and makes one',
    )
  })

  it('where it must be fresh, and nobody says where the time stands', () => {
    const time = { of: 'attempt', format: 'rfc3339', required: true, signed: true } as const
    const changes = { handshakes: [proven], time, eventRules: undefined, envelope: () => ({ type: 'a' }) }
    expect(() => ruled(changes as never)).toThrow(
      `${where} is proven by the scheme and must be fresh: state provider.time.value`,
    )
    expect(() => ruled({ ...changes, handshakes: [post] } as never)).not.toThrow()
  })

  it.each<[string, object]>([
    ['with a token', { ...get, proof: token }],
    ['of each method', { ...get, method: 'HEAD' }],
    [
      'that tells a constant',
      { ...get, answer: { text: { text: 'any text' }, headers: { allow: { text: '*' } } } },
    ],
    [
      'that tells numbers and texts',
      { ...get, answer: { status: 201, json: { type: 1, kind: 'a', id: { query: 'a', as: 'id' } } } },
    ],
    ['that tells a MAC', { ...proven, answer: mac() }],
    ['that tells the operator', { ...post, tell: { body: 'a', as: 'id' } }],
    ['that answers with nothing', { ...post, answer: { status: 204 } }],
  ])('but not %s', (_, handshake) => {
    expect(() => ruled({ scheme: withMac, handshakes: [handshake] } as never)).not.toThrow()
  })
})

describe('an answer is refused with what it takes', () => {
  const accepted = 'provider.answers.accepted'

  it.each<[unknown, string]>([
    [7, 'provider.answers must be an object of values by name, not 7'],
    [{ refused: {} }, "provider.answers has no option 'refused'. It has: accepted, unauthorized"],
    [{ unauthorized: 'none' }, "provider.answers.unauthorized must be 'empty', or left out"],
    [{ accepted: 7 }, `${accepted} must be an object of values by name, not 7`],
    [{ accepted: { code: 200 } }, `${accepted} has no option 'code'. It has: status, mediaType, body`],
    [{ accepted: { status: 301 } }, `${accepted}.status must be 200, 201, 202 or 204`],
    [{ accepted: { status: 204, mediaType: 'a/b', body: 'a' } }, `${accepted}.${noContent}`],
    [{ accepted: { body: '<a/>' } }, `${accepted}.mediaType must say what its body is`],
    [
      { accepted: { mediaType: 'text/xml\r\nx: y', body: 'a' } },
      `${accepted}.mediaType must be a media type, such as 'text/xml; charset=utf-8'`,
    ],
    [{ accepted: { mediaType: 7 } }, `${accepted}.mediaType must be text, not 7`],
    [{ accepted: { mediaType: 'a/b', body: 7 } }, `${accepted}.body must be text, not 7`],
  ])('%o', (answers, message) => {
    const make = () => ruled({ answers } as Partial<Provider<AnyEvents>>)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })

  it.each<[object]>([
    [{}],
    [{ unauthorized: 'empty' }],
    [{ accepted: { status: 204, body: '' } }],
    [{ accepted: { mediaType: 'text/xml; charset=utf-8', body: '<Response/>' } }],
  ])('but not %o', (answers) => {
    expect(() => ruled({ answers })).not.toThrow()
  })
})
