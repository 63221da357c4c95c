import { describe, expect, it } from 'vitest'
import { defineProvider, hmac, type Provider } from '../../src/index.ts'
import type { Part } from '../../src/provider-kit.ts'
import { acme, secret } from '../support/acme.ts'
import { type AnyEvents, ruled } from '../support/ruled.ts'
import { schemeOf } from '../support/schemes.ts'

const rule = { type: [{ body: 'type' }] }
const time = { of: 'event', format: 'rfc3339', required: true, value: { body: 'at' } }
const signedIn = { of: 'event', format: 'rfc3339', required: true, signed: true }
const partial = (signs: readonly Part[] = [{ body: 'id' }]) =>
  schemeOf({ name: 'partial', signs, signedBytes: () => new Uint8Array() })
const sources = "must state one of header, query, field, body, text, such as { header: 'x-id', as: 'id' }"
const grammars = 'must be one of id, unix-seconds, unix-ms, unix, rfc3339, token, text'
const conditions = "must state is: 'a text', or exists: true or false"
const items = "provider.items must be a path that ends in the elements of a list, such as 'events.*', or ''"
const formats = "must be 'json', 'form', 'text', { jsonIn } or { parse }, not"
const publicUrl =
  "provider.scheme.signs[].publicUrl must be the address that the sender was given, without a query, such as 'https://app.example.cl/webhooks/acme'"

/** A provider that reads bodies in every way, with a scheme. */
const everyFormat = (scheme: Parameters<typeof schemeOf>[0]): [string, object] => [
  'every format, where the media type is signed',
  {
    scheme: schemeOf(scheme),
    bodies: {
      'a/json': 'json',
      'a/form': 'form',
      'a/text': 'text',
      'a/in': { jsonIn: 'p' },
      'a/x': { parse: () => 1 },
    },
  },
]

/** Of what is wrong: the changes to a provider that is right, and what it is told. */
const wrong: Record<string, readonly [changes: object, message: string][]> = {
  'how an event is read': [
    [{ eventRules: undefined }, 'provider must have eventRules, or the function envelope; not both'],
    [
      { envelope: () => ({ type: 'a' }) },
      'provider must have eventRules, or the function envelope; not both',
    ],
    [{ eventRules: 7 }, 'provider.eventRules must be a list, not 7'],
    [{ eventRules: [] }, 'provider.eventRules must list how events are read, at least one'],
    [{ eventRules: [7] }, 'provider.eventRules[] must be an object, not 7'],
    [
      { eventRules: [{ ...rule, wen: [] }] },
      "provider.eventRules[] has no option 'wen'. Did you mean 'when'? It has: items, when",
    ],
    [{ eventRules: [{}] }, 'provider.eventRules[].type must be a list, not undefined'],
    [{ eventRules: [{ type: { body: 'type' } }] }, 'provider.eventRules[].type must be a list, not object'],
    [
      { eventRules: [{ type: [] }] },
      "provider.eventRules[].type must list where the type stands, such as [{ body: 'type' }]",
    ],
    [
      { eventRules: [{ type: ['type'] }] },
      'provider.eventRules[].type[] must be an object of values by name, not string',
    ],
    [
      { eventRules: [{ ...rule, version: 2 }] },
      'provider.eventRules[].version must be an object of values by name, not 2',
    ],
    [{ eventRules: [{ ...rule, version: {} }] }, `provider.eventRules[].version ${sources}`],
    [
      { eventRules: [{ ...rule, idempotencyKey: 'id' }] },
      'provider.eventRules[].idempotencyKey must be a list, not string',
    ],
    [
      { eventRules: [{ ...rule, idempotencyKey: [] }] },
      'provider.eventRules[].idempotencyKey must list at least one value: leave it out for the body hash',
    ],
    [
      { eventRules: [{ ...rule, idempotencyKey: [{ body: 7 }] }] },
      'provider.eventRules[].idempotencyKey[].body must be text, not 7',
    ],
    [
      { eventRules: [{ ...rule, items: 'a.*' }] },
      'provider.eventRules[].items must be one of the paths of provider.items',
    ],
    [
      { items: 'a.*', eventRules: [{ ...rule, items: 'b.*' }] },
      'provider.eventRules[].items must be one of the paths of provider.items',
    ],
    [{ time: signedIn }, 'provider.eventRules read no time: state provider.time.value'],
  ],
  'a value': [
    [{ eventRules: [{ type: [{}] }] }, `provider.eventRules[].type[] ${sources}`],
    [{ eventRules: [{ type: [{ body: 'a', header: 'b' }] }] }, `provider.eventRules[].type[] ${sources}`],
    [{ eventRules: [{ type: [{ body: 'a', as: 'uuid' }] }] }, `provider.eventRules[].type[].as ${grammars}`],
    [
      { eventRules: [{ type: [{ body: 'a', lower: false }] }] },
      'provider.eventRules[].type[].lower must be true, or left out',
    ],
    [
      { eventRules: [{ type: [{ header: 'a b' }] }] },
      'provider.eventRules[].type[].header must be a header name (RFC 9110 §5.6.2)',
    ],
    [
      { eventRules: [{ type: [{ body: 'a', optional: true }] }] },
      "provider.eventRules[].type[] has no option 'optional'. It has: body, as, lower",
    ],
    [{ eventRules: [{ type: [{ text: 7 }] }] }, 'provider.eventRules[].type[].text must be text, not 7'],
  ],
  'a condition': [
    [
      { eventRules: [{ ...rule, when: 7 }] },
      'provider.eventRules[].when must be an object of values by name, not 7',
    ],
    [{ eventRules: [{ ...rule, when: { body: 'a' } }] }, `provider.eventRules[].when ${conditions}`],
    [{ eventRules: [{ ...rule, when: { body: 'a', is: 7 } }] }, `provider.eventRules[].when ${conditions}`],
    [
      { eventRules: [{ ...rule, when: { body: 'a', exists: 'yes' } }] },
      `provider.eventRules[].when ${conditions}`,
    ],
    [
      { eventRules: [{ ...rule, when: { body: 'a', is: 'b', exists: true } }] },
      `provider.eventRules[].when ${conditions}`,
    ],
    [
      { eventRules: [{ ...rule, when: [{ body: 'a', is: 'b' }, {}] }] },
      `provider.eventRules[].when ${sources}`,
    ],
  ],
  'a batch': [
    ...[7, [], ['a.*', 7], 'events', 'a..*', '*', '.*', ['a.*', 'b'], {}].map((path): [object, string] => [
      { items: path },
      items,
    ]),
    [
      { items: '', scheme: partial() },
      "provider.items needs a scheme that signs the whole body, which 'partial' does not: whoever has one request could add events to it",
    ],
    [
      { items: '', bodies: { 'application/json': 'text' } },
      "provider.items has events that are stored as JSON: provider.bodies['application/json'] must be 'json'",
    ],
    [
      { items: '', time: signedIn, eventRules: undefined, envelope: () => ({ type: 'a' }) },
      'provider.items has one time for all events: state provider.time.value',
    ],
  ],
  'the time': [
    [{ time: 7 }, 'provider.time must be an object of values by name, not 7'],
    [
      { time: { ...time, value: 'at' } },
      'provider.time.value must be an object of values by name, not string',
    ],
    [{ time: { ...time, value: {} } }, `provider.time.value ${sources}`],
    [
      { time: { ...time, signed: true } },
      'provider.time.signed follows from where the value stands: leave it out',
    ],
  ],
  'the formats of bodies': [
    [{ bodies: 7 }, 'provider.bodies must be an object of values by name, not 7'],
    [{ bodies: {} }, "provider.bodies must list media types, such as 'application/json'"],
    [{ bodies: { 'text/xml': 'xml' } }, `provider.bodies['text/xml'] ${formats} string`],
    [{ bodies: { '*': null } }, `provider.bodies['*'] ${formats} null`],
    [
      { bodies: { 'text/xml': {} } },
      "provider.bodies['text/xml'].jsonIn must be the name of a field, such as 'payload'",
    ],
    [
      { bodies: { 'text/xml': { jsonIn: '' } } },
      "provider.bodies['text/xml'].jsonIn must be the name of a field, such as 'payload'",
    ],
    [{ bodies: { 'text/xml': { jsonIn: 7 } } }, 'jsonIn must be text, not 7'],
    [{ bodies: { 'text/xml': { parse: 7 } } }, 'parse must be a function, not 7'],
    [
      { bodies: { 'text/xml': { parse: undefined } } },
      "provider.bodies['text/xml'].parse must be a function, not undefined",
    ],
    [
      { bodies: { 'text/xml': { parse: () => 1, jsonIn: 'a' } } },
      "provider.bodies['text/xml'] has no option 'jsonIn'. It has: parse",
    ],
    [
      { bodies: { 'a/form': 'form', 'a/in': { jsonIn: 'p' } } },
      "provider.bodies reads 'a/form' and 'a/in' in two ways that one body may fit, and nobody signs its content-type: a captured body could be sent as the other. List one of the two, give the other a path of its own, or have the scheme sign content-type",
    ],
    [{ bodies: { 'a/in': { jsonIn: 'p' }, 'b/in': { jsonIn: 'q' } } }, "reads 'a/in' and 'b/in' in two ways"],
    [{ bodies: { 'a/json': 'json', '*': 'text' } }, "reads 'a/json' and '*' in two ways"],
    [{ bodies: { 'a/text': 'text', 'a/x': { parse: () => 1 } } }, "reads 'a/text' and 'a/x' in two ways"],
    [{ bodies: { '*': 'text' } }, "reads '*' and 'application/json' in two ways"],
  ],
  'a notice': [
    [{ thin: 7 }, 'provider.thin must be an object of values by name, not 7'],
    [{ thin: {} }, 'provider.thin.id must be an object of values by name, not undefined'],
    [{ thin: { id: {} } }, `provider.thin.id ${sources}`],
    [{ thin: { id: { body: 'id' }, fetchLatest: 7 } }, 'provider.thin.fetchLatest must be a function, not 7'],
    [
      { thin: { id: { body: 'id' }, fetch: 7 } },
      "provider.thin has no option 'fetch'. It has: id, fetchLatest",
    ],
  ],
  'headers to expose': [
    [{ expose: 7 }, 'provider.expose must be a list, not 7'],
    [{ expose: ['x a'] }, "provider.expose must list names of headers, such as 'x-request-id'; wrong: x a"],
    [
      { expose: ['Authorization'] },
      "provider.expose would store credentials with every delivery: leave out 'authorization'",
    ],
  ],
  'what a scheme signs': [
    [
      { scheme: schemeOf({ signs: [7] }) },
      'provider.scheme.signs[] must be an object of values by name, not 7',
    ],
    [{ scheme: schemeOf({ signs: [{}] }) }, `provider.scheme.signs[] ${sources}`],
    [
      { scheme: schemeOf({ signs: [{ header: 'x-a' }] }) },
      "provider.scheme.signs[] must state its grammar, as: 'id' or another: else two requests give one signed text",
    ],
    [
      { scheme: schemeOf({ signs: [{ raw: 'url' }] }) },
      "provider.scheme.signs[].raw must be 'body', 'body-crc32' or 'sorted-form'",
    ],
    [
      { scheme: schemeOf({ signs: [{ raw: 'body', as: 'id' }] }) },
      "provider.scheme.signs[] has no option 'as'. It has: raw",
    ],
    [
      { scheme: schemeOf({ signs: [{ body: 'a', optional: false }] }) },
      'provider.scheme.signs[].optional must be true, or left out',
    ],
    [
      { scheme: schemeOf({ signs: [{ body: 'a', before: 7 }] }) },
      'provider.scheme.signs[].before must be text, not 7',
    ],
    [
      { scheme: schemeOf({ signs: [{ body: 'a', after: 7 }] }) },
      'provider.scheme.signs[].after must be text, not 7',
    ],
    ...[
      'app.example.cl',
      'https://a.cl/?b',
      'https://a.cl/#b',
      'ftp://a.cl/',
      'https://a b',
      'https://[',
      '',
    ].map((url): [object, string] => [{ scheme: schemeOf({ signs: [{ publicUrl: url }] }) }, publicUrl]),
    [
      { scheme: schemeOf({ signs: [{ publicUrl: 'https://a.cl', as: 'id' }] }) },
      "provider.scheme.signs[] has no option 'as'. It has: publicUrl",
    ],
    [
      { scheme: schemeOf({ signs: [{ body: 'id' }] }) },
      'provider.scheme.signedBytes must be a function, because signs does not list the raw body: two requests of one signature are told by what is signed',
    ],
    [
      { scheme: schemeOf({ headers: ['x a'] }) },
      'provider.scheme.headers must be a header name (RFC 9110 §5.6.2)',
    ],
    [
      { scheme: schemeOf({ headers: [7] }) },
      'provider.scheme.headers must be a header name (RFC 9110 §5.6.2)',
    ],
  ],
}

describe('a provider is refused with what it takes where it states wrongly', () => {
  for (const [what, rows] of Object.entries(wrong))
    it.each(rows)(`${what}: %o`, (changes, message) => {
      const make = () => ruled(changes as Partial<Provider<AnyEvents>>)
      expect(make).toThrow(TypeError)
      expect(make).toThrow(message)
    })

  it('an envelope by a function, which cannot be told what is signed', () => {
    expect(() => acme({ scheme: partial() })).toThrow(
      new TypeError(
        "provider.envelope cannot tell what is signed, because the scheme 'partial' does not sign the whole body: state eventRules",
      ),
    )
  })
})

describe('a provider may state', () => {
  it.each<[string, object]>([
    [
      'rules for places of a batch',
      {
        items: ['', 'a.*.b.*'],
        eventRules: [
          { ...rule, items: '' },
          { ...rule, items: 'a.*.b.*' },
        ],
      },
    ],
    ['a list at a number', { items: '0.*' }],
    ['a batch where nothing is signed', { items: '', scheme: schemeOf({ signs: [] }) }],
    ['a batch in JSON and other formats', { items: '', bodies: { 'application/json': 'json', '*': 'form' } }],
    ['a time where it stands', { time }],
    ['a time of a batch', { items: '', time }],
    everyFormat({ signs: [{ header: 'Content-Type', as: 'text' }, { text: '.' }, { raw: 'body' }] }),
    ['every format, where nothing is signed', everyFormat({ signs: [] })[1]],
    [
      'formats that no body shares',
      { bodies: { 'a/json': 'json', 'a/in': { jsonIn: 'p' }, 'b/in': { jsonIn: 'p' } } },
    ],
    ['text alone, by several types', { bodies: { 'a/text': 'text', 'b/text': 'text' } }],
    [
      'a notice, and how what it is about is fetched',
      { thin: { id: { query: 'id', as: 'id', lower: true }, fetchLatest: () => 1 } },
    ],
    [
      'parts of every kind',
      {
        scheme: partial([
          { publicUrl: 'http://localhost:3000' },
          { raw: 'body-crc32' },
          { field: 't', as: 'unix', optional: true, before: '.', after: '' },
        ]),
      },
    ],
    [
      'conditions of every kind',
      {
        eventRules: [
          {
            ...rule,
            when: [
              { body: '', exists: true },
              { query: 'a', as: 'id', lower: true, is: 'a' },
            ],
          },
        ],
      },
    ],
    ['names of events', { events: ['a', 'b'] }],
    ['schemas that are loaded', { events: { a: async () => ({}) } }],
    ['a scheme that signs a part', { scheme: partial() }],
    ['a scheme that signs all', { scheme: hmac({ header: 'x-a', secret }) }],
  ])('%s', (_, changes) => {
    expect(defineProvider({ ...ruled(), ...changes } as Provider<AnyEvents>)).toMatchObject(changes)
  })
})
