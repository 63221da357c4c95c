import { describe, expect, it } from 'vitest'
import { defineProvider, type Provider } from '../../src/index.ts'
import { type AcmeEvents, acme } from '../support/acme.ts'

const time = { of: 'event', format: 'rfc3339', required: true, signed: true }
const sending = {
  attemptDelaysMs: [0, 1_000],
  timeoutMs: 5_000,
  samples: () => ({}),
  stamp: (payload: unknown) => payload,
}
const decadeMs = 3_650 * 86_400_000
const { scheme } = acme()
const headerName = 'must be a header name (RFC 9110 §5.6.2)'
const mediaTypes =
  "provider.bodies must be by media types in lower case without parameters, such as 'application/json', or '*'"
const formats =
  'provider.time.format must be one of rfc3339, rfc3339-like, unix-seconds, unix-seconds-float, unix-ms, or a list of them'
const timeOf =
  "provider.time.of must be 'attempt' (each attempt is signed anew) or 'event' (the time is the event's own)"
const delays = 'provider.sending.attemptDelaysMs must list the wait before each attempt, such as [0, 1000]'
const paths = "must list paths of fields, such as 'delivery.attempt'"

describe('a provider', () => {
  it.each<[string, object, string]>([
    ['name', { name: 'Acme' }, "must be lower-case letters, digits and hyphens, such as 'redcumbre'"],
    ['path', { path: 'x' }, "must start with '/' and hold no query, such as '/webhooks/redcumbre'"],
    ['scheme', { scheme: undefined }, 'must be an object of values by name, not undefined'],
    ['scheme.name', { scheme: { ...scheme, name: 7 } }, 'must be text, not 7'],
    ['scheme.signs', { scheme: { ...scheme, signs: 1 } }, 'must be a list, not 1'],
    ['scheme.signs', { scheme: { ...scheme, signs: undefined } }, 'must be a list, not undefined'],
    ['scheme.signs[].header', { scheme: { ...scheme, signs: [{ header: 'a b', as: 'id' }] } }, headerName],
    ['scheme.check', { scheme: { ...scheme, check: 1 } }, 'must be a function, not 1'],
    ['scheme.verify', { scheme: { ...scheme, verify: 1 } }, 'must be a function, not 1'],
    ['scheme.diagnose', { scheme: { ...scheme, diagnose: 1 } }, 'must be a function, not 1'],
    ['scheme.sign', { scheme: { ...scheme, sign: 1 } }, 'must be a function, not 1'],
    ['scheme.keyMarks', { scheme: { ...scheme, keyMarks: 1 } }, 'must be a function, not 1'],
    ['scheme.headers', { scheme: { ...scheme, headers: 1 } }, 'must be a list, not 1'],
    ['events', { events: 7 }, 'must be an object of values by name, not 7'],
    ['events', { events: [] }, "must list names of events, such as ['order.paid']"],
    ['events', { events: ['a', ''] }, "must list names of events, such as ['order.paid']"],
    [
      "events['order.paid']",
      { events: { 'order.paid': {} } },
      'must be a schema that speaks Standard Schema, or a function that loads one',
    ],
    ['envelope', { envelope: 7 }, 'must be a function, not 7'],
    [
      'limits.retriesForMs',
      { limits: { retriesForMs: -1 } },
      `must be a whole number from 0 to ${decadeMs}, not -1`,
    ],
    [
      'limits.retriesForMs',
      { limits: { retriesForMs: decadeMs + 1 } },
      `must be a whole number from 0 to ${decadeMs}, not ${decadeMs + 1}`,
    ],
    [
      'limits.retriesForMs',
      { limits: { retriesForMs: '1' } },
      'must be a whole number within its bounds, not string',
    ],
    ['volatile', { volatile: 7 }, 'must be a list, not 7'],
    ['volatile', { volatile: ['a..b'] }, paths],
    ['repeats', { repeats: { 'x-a': 'a..b' } }, paths],
    ['repeats', { repeats: { 'x a': 'a' } }, headerName],
    ['tenantOf', { tenantOf: 'a..b' }, paths],
    ['tenantOf', { tenantOf: 7 }, paths],
    ['time.required', { time: { ...time, required: undefined } }, 'must be true or false, not undefined'],
    ['time.signed', { time: { ...time, signed: undefined } }, 'must be true or false, not undefined'],
    ['time.signed', { time: { ...time, signed: 1 } }, 'must be true or false, not 1'],
    ['sending.samples', { sending: { ...sending, samples: undefined } }, 'must be a function, not undefined'],
    ['sending.stamp', { sending: { ...sending, stamp: 7 } }, 'must be a function, not 7'],
    [
      'sending.timeoutMs',
      { sending: { ...sending, timeoutMs: 0 } },
      `must be a whole number from 1 to ${decadeMs}, not 0`,
    ],
    [
      'sending.attemptDelaysMs[]',
      { sending: { ...sending, attemptDelaysMs: [0, -1] } },
      `must be a whole number from 0 to ${decadeMs}, not -1`,
    ],
    ['warnings[].code', { warnings: [{ code: 7, message: 'x' }] }, 'must be text, not 7'],
    ['warnings[].message', { warnings: [{ code: 'x', message: 7 }] }, 'must be text, not 7'],
  ])('is refused with what it takes where its %s cannot be used: %o', (name, changes, message) => {
    expect(() => acme(changes)).toThrow(new TypeError(`provider.${name} ${message}`))
  })

  it.each<[object, string]>([
    [{ secret: 'x' }, "provider has no option 'secret'. It has: name, path, scheme, "],
    [
      { time: { ...time, zone: 'x' } },
      "provider.time has no option 'zone'. It has: of, format, required, signed, value",
    ],
    [
      { limits: { retries: 7 } },
      "provider.limits has no option 'retries'. It has: retriesForMs, maxBodyBytes, ackTimeoutMs",
    ],
    [
      { sending: { ...sending, url: 'x' } },
      "provider.sending has no option 'url'. It has: attemptDelaysMs, ",
    ],
    [{ warnings: [{ text: 'x' }] }, "provider.warnings[] has no option 'text'. It has: code, message"],
    [{ time: { ...time, of: 'delivery' } }, timeOf],
    [{ time: { ...time, format: 'iso8601' } }, formats],
    [{ time: { ...time, format: [] } }, formats],
    [{ time: { ...time, format: ['rfc3339', 'iso8601'] } }, formats],
    [{ sending: { ...sending, attemptDelaysMs: [] } }, delays],
    [{ sending: { ...sending, attemptDelaysMs: undefined } }, delays],
    [{ bodies: { 'Application/JSON': 'json' } }, mediaTypes],
    [{ bodies: { 'application/json': 'json', 'application/json; charset=utf-8': 'json' } }, mediaTypes],
    [{ bodies: { json: 'json' } }, mediaTypes],
  ])('is refused with what it takes: %o', (changes, message) => {
    expect(() => acme(changes)).toThrow(message)
    expect(() => acme(changes)).toThrow(TypeError)
  })

  it.each<[string, object]>([
    ['nothing but what it must', { time: undefined }],
    [
      'the time of each attempt in several formats',
      { time: { ...time, of: 'attempt', format: ['unix-ms', 'rfc3339'] } },
    ],
    ['limits of none', { limits: {} }],
    ['no retries', { limits: { retriesForMs: 0 } }],
    ['retries for ten years', { limits: { retriesForMs: decadeMs } }],
    ['one attempt with a short time', { sending: { ...sending, attemptDelaysMs: [0], timeoutMs: 1 } }],
    ['a path of the tenant', { tenantOf: 'account.id' }],
    ['a function of the tenant', { tenantOf: () => 'a' }],
    ['media types', { bodies: { 'application/json': 'json', 'application/vnd.acme.v1+json': 'json' } }],
    ['headers that repeat fields', { repeats: { 'X-Session-Id': 'session_id' } }],
    ['warnings', { warnings: [{ code: 'ACME', message: 'told once' }] }],
    ['a scheme without what is optional', { scheme: { ...scheme, sign: undefined, keyMarks: undefined } }],
  ])('may state %s', (_, changes) => {
    expect(defineProvider({ ...acme(), ...changes } as Provider<AcmeEvents>)).toMatchObject(changes)
  })
})
