import { type BodyFormats, jsonType } from '../lib/body-format.ts'
import { checkKind, checkOptions, type OptionKinds } from '../lib/check-options.ts'
import { describe } from '../lib/options.ts'
import { type Covered, checkValue } from '../lib/parts.ts'
import type { EventRule } from '../model/envelope.ts'
import type { BodyFormat, Provider, Thin, TimeRule } from '../model/provider.ts'
import { timeFormats } from '../model/time-format.ts'
import type { Match } from '../model/value.ts'
import { conditionsOf } from './read-rules.ts'

const ruleKinds: OptionKinds<EventRule> = {
  items: 'text',
  when: 'checked',
  type: 'list',
  version: 'object',
  idempotencyKey: 'list',
}
const timeKinds: OptionKinds<TimeRule> = {
  of: 'checked',
  format: 'checked',
  required: 'true or false',
  signed: 'true or false',
  value: 'object',
}
const thinKinds: OptionKinds<Thin> = { id: 'object', fetchLatest: 'function' }
const itemsPath = /^(?:|(?:[^.]+\.)+\*)$/
const mediaType = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/
const formats: readonly unknown[] = ['json', 'form', 'text']

/**
 * Checks how an event is read: by rules or by a function, and by one of them.
 * @throws TypeError that says what it takes
 */
export function checkEventRules(
  {
    eventRules,
    envelope,
    scheme,
    items,
    time,
  }: Pick<Provider<object>, 'eventRules' | 'envelope' | 'scheme' | 'items' | 'time'>,
  { anything, body }: Covered,
): void {
  if ((eventRules === undefined) === (envelope === undefined))
    throw new TypeError('provider must have eventRules, or the function envelope; not both')
  if (eventRules === undefined) {
    if (anything && !body)
      throw new TypeError(
        `provider.envelope cannot tell what is signed, because the scheme '${scheme.name}' does not sign the whole body: state eventRules`,
      )
    return
  }
  if (eventRules.length === 0)
    throw new TypeError('provider.eventRules must list how events are read, at least one')
  if (time !== undefined && time.value === undefined)
    throw new TypeError('provider.eventRules read no time: state provider.time.value')
  const places: readonly unknown[] = [items].flat()
  for (const rule of eventRules) {
    checkRule(rule)
    if (rule.items !== undefined && !places.includes(rule.items))
      throw new TypeError('provider.eventRules[].items must be one of the paths of provider.items')
  }
}

function checkRule(rule: EventRule): void {
  const where = 'provider.eventRules[]'
  checkOptions(where, rule, ruleKinds, `${where}.`)
  const { when, type, version, idempotencyKey } = rule
  checkMatch(`${where}.when`, when)
  checkKind(`${where}.type`, type, 'list')
  if (type.length === 0)
    throw new TypeError(`${where}.type must list where the type stands, such as [{ body: 'type' }]`)
  for (const value of type) checkValue(`${where}.type[]`, value)
  if (version !== undefined) checkValue(`${where}.version`, version)
  if (idempotencyKey?.length === 0)
    throw new TypeError(
      `${where}.idempotencyKey must list at least one value: leave it out for the body hash`,
    )
  for (const value of idempotencyKey ?? []) checkValue(`${where}.idempotencyKey[]`, value)
}

/**
 * Checks conditions.
 * @throws TypeError that says what they take
 */
export function checkMatch(where: string, match: Match | undefined): void {
  for (const condition of conditionsOf(match)) {
    checkValue(where, condition, ['is', 'exists'])
    const isText = 'is' in condition && typeof condition.is === 'string' && !('exists' in condition)
    const isExists = 'exists' in condition && typeof condition.exists === 'boolean' && !('is' in condition)
    if (!isText && !isExists)
      throw new TypeError(`${where} must state is: 'a text', or exists: true or false`)
  }
}

/**
 * Checks where the time stands, and how it is written.
 * @throws TypeError that says what it takes
 */
export function checkTime(time: TimeRule): void {
  checkOptions('provider.time', time, timeKinds, 'provider.time.')
  if (time.of !== 'attempt' && time.of !== 'event') {
    throw new TypeError(
      "provider.time.of must be 'attempt' (each attempt is signed anew) or 'event' (the time is the event's own)",
    )
  }
  checkKind('provider.time.required', time.required, 'true or false')
  if (time.value === undefined) checkKind('provider.time.signed', time.signed, 'true or false')
  else {
    checkValue('provider.time.value', time.value)
    if (time.signed !== undefined)
      throw new TypeError('provider.time.signed follows from where the value stands: leave it out')
  }
  const formats: readonly unknown[] = [time.format].flat()
  if (formats.length === 0 || formats.some((format) => !timeFormats.some((known) => known === format)))
    throw new TypeError(`provider.time.format must be one of ${timeFormats.join(', ')}, or a list of them`)
}

/**
 * Checks how bodies are read.
 * @throws TypeError that says what it takes
 */
export function checkBodies(bodies: Provider<object>['bodies'], covered: Covered): void {
  if (bodies === undefined) return
  const entries = Object.entries(bodies)
  if (entries.length === 0)
    throw new TypeError("provider.bodies must list media types, such as 'application/json'")
  for (const [type, format] of entries) {
    if (type !== '*' && !mediaType.test(type))
      throw new TypeError(
        "provider.bodies must be by media types in lower case without parameters, such as 'application/json', or '*'",
      )
    checkFormat(type, format)
  }
  if (covered.anything && !covered.isSigned(contentType)) checkApart(bodies)
}

const contentType = { header: 'content-type' } as const

/** Where nobody signs the media type, a captured body must read as one thing under each of them. */
function checkApart(bodies: BodyFormats): void {
  const implied =
    bodies['*'] !== undefined && bodies[jsonType] === undefined ? { [jsonType]: 'json' as const } : {}
  const all = Object.entries({ ...bodies, ...implied })
  for (const [at, [type, format]] of all.entries()) {
    const other = all.slice(at + 1).find(([, each]) => !areApart(format, each))
    if (other === undefined) continue
    throw new TypeError(
      `provider.bodies reads '${type}' and '${other[0]}' in two ways that one body may fit, and nobody signs its content-type: a captured body could be sent as the other. List one of the two, give the other a path of its own, or have the scheme sign content-type`,
    )
  }
}

/** JSON, forms and what a function parses begin in other ways; anything is text, and a form has any field. */
function areApart(one: BodyFormat, other: BodyFormat): boolean {
  const kinds = [kindOf(one), kindOf(other)]
  if (kinds.includes('text')) return kinds[0] === kinds[1]
  const areForms = kinds.every((kind) => kind.startsWith('form'))
  return !areForms || kinds[0] === kinds[1]
}

function kindOf(format: BodyFormat): string {
  if (typeof format === 'string') return format
  return 'jsonIn' in format ? `form ${format.jsonIn}` : 'parse'
}

function checkFormat(type: string, format: BodyFormat): void {
  if (formats.includes(format)) return
  const where = `provider.bodies['${type}']`
  if (typeof format !== 'object' || format === null)
    throw new TypeError(
      `${where} must be 'json', 'form', 'text', { jsonIn } or { parse }, not ${describe(format)}`,
    )
  if ('parse' in format) {
    checkOptions(where, format, { parse: 'function' })
    checkKind(`${where}.parse`, format.parse, 'function')
  } else {
    checkOptions(where, format, { jsonIn: 'text' })
    if (!format.jsonIn) throw new TypeError(`${where}.jsonIn must be the name of a field, such as 'payload'`)
  }
}

/**
 * Checks where the events of a batch stand, and that each can be proven, be fresh, and be read again.
 * @throws TypeError that says what it takes
 */
export function checkItems(
  { items, bodies, time, scheme }: Pick<Provider<object>, 'items' | 'bodies' | 'time' | 'scheme'>,
  { anything, body }: Covered,
): void {
  if (items === undefined) return
  const paths: readonly unknown[] = [items].flat()
  if (paths.length === 0 || !paths.every((path) => typeof path === 'string' && itemsPath.test(path)))
    throw new TypeError(
      "provider.items must be a path that ends in the elements of a list, such as 'events.*', or ''",
    )
  if (anything && !body)
    throw new TypeError(
      `provider.items needs a scheme that signs the whole body, which '${scheme.name}' does not: whoever has one request could add events to it`,
    )
  if (time !== undefined && time.value === undefined)
    throw new TypeError('provider.items has one time for all events: state provider.time.value')
  if (bodies?.[jsonType] !== undefined && bodies[jsonType] !== 'json')
    throw new TypeError(
      `provider.items has events that are stored as JSON: provider.bodies['${jsonType}'] must be 'json'`,
    )
}

/**
 * Checks what a notice is about.
 * @throws TypeError that says what it takes
 */
export function checkThin(thin: Thin | undefined): void {
  if (thin === undefined) return
  checkOptions('provider.thin', thin, thinKinds, 'provider.thin.')
  checkValue('provider.thin.id', thin.id)
}
