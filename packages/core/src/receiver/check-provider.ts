import { toOmitted } from '../lib/canonical-json.ts'
import { checkKind, checkOptions, type OptionKinds } from '../lib/check-options.ts'
import { fieldOf } from '../lib/field-of.ts'
import { wholeNumber } from '../lib/options.ts'
import {
  checkName,
  checkPath,
  type Provider,
  type ProviderLimits,
  type Sending,
  type TimeRule,
} from '../model/provider.ts'
import type { Scheme } from '../model/scheme.ts'
import { timeFormats } from '../model/time-format.ts'
import { toHeaderName } from '../schemes/signature-header.ts'

const providerKinds: OptionKinds<Provider<object>> = {
  name: 'text',
  path: 'text',
  scheme: 'object',
  events: 'object',
  time: 'object',
  volatile: 'list',
  repeats: 'object',
  tenantOf: 'checked',
  limits: 'object',
  mediaTypes: 'list',
  envelope: 'function',
  warnings: 'list',
  sending: 'object',
}
const timeKinds: OptionKinds<TimeRule> = {
  of: 'checked',
  format: 'checked',
  required: 'true or false',
  signed: 'true or false',
}
const limitKinds: OptionKinds<ProviderLimits> = { retriesForMs: 'number' }
const sendingKinds: OptionKinds<Sending<object>> = {
  attemptDelaysMs: 'list',
  timeoutMs: 'number',
  samples: 'function',
  stamp: 'function',
  headers: 'function',
}
const mostMs = 3_650 * 86_400_000
const mediaType = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/

/**
 * Checks what a provider states.
 * @throws TypeError that names the first thing that cannot be used, and says what it takes
 */
export function checkProvider<Events extends object>(provider: Provider<Events>): void {
  checkOptions<Provider<Events>>('provider', provider, providerKinds, 'provider.')
  checkName('provider.name', provider.name)
  checkPath('provider.path', provider.path)
  checkScheme(provider.scheme)
  checkEvents(provider.events)
  checkKind('provider.envelope', provider.envelope, 'function')
  for (const warning of provider.warnings ?? []) {
    checkOptions('provider.warnings[]', warning, { code: 'text', message: 'text' }, 'provider.warnings[].')
  }
  const { time, limits = {}, volatile = [], repeats = {}, mediaTypes = [], tenantOf, sending } = provider
  if (time !== undefined) checkTime(time)
  if (sending !== undefined) checkSending(sending)
  checkOptions('provider.limits', limits, limitKinds, 'provider.limits.')
  if (limits.retriesForMs !== undefined)
    wholeNumber('provider.limits.retriesForMs', limits.retriesForMs, 0, mostMs)
  toOmitted('provider.volatile', volatile)
  toOmitted('provider.repeats', Object.values(repeats))
  for (const header of Object.keys(repeats)) toHeaderName('provider.repeats', header)
  if (tenantOf !== undefined && typeof tenantOf !== 'function') toOmitted('provider.tenantOf', [tenantOf])
  if (mediaTypes.some((type) => typeof type !== 'string' || !mediaType.test(type)))
    throw new TypeError(
      "provider.mediaTypes must list media types in lower case without parameters, such as 'application/json'",
    )
}

function checkScheme(scheme: Scheme): void {
  checkKind('provider.scheme', scheme, 'object')
  checkKind('provider.scheme.name', scheme.name, 'text')
  checkKind('provider.scheme.signsBody', scheme.signsBody, 'true or false')
  for (const call of ['check', 'verify', 'diagnose'] as const)
    checkKind(`provider.scheme.${call}`, scheme[call], 'function')
  for (const call of ['sign', 'keyMarks'] as const)
    if (scheme[call] !== undefined) checkKind(`provider.scheme.${call}`, scheme[call], 'function')
  for (const list of ['headers', 'signedHeaders', 'signedParts'] as const)
    if (scheme[list] !== undefined) checkKind(`provider.scheme.${list}`, scheme[list], 'list')
  // What an envelope reads in another spelling would be unsigned.
  for (const name of scheme.signedHeaders ?? [])
    if (toHeaderName('provider.scheme.signedHeaders', name) !== name)
      throw new TypeError(
        `provider.scheme.signedHeaders must list names of headers in lower case, not '${name}'`,
      )
}

function checkEvents(events: object): void {
  checkKind('provider.events', events, 'object')
  for (const [name, schema] of Object.entries(events)) {
    if (typeof fieldOf(fieldOf(schema, '~standard'), 'validate') !== 'function')
      throw new TypeError(`provider.events['${name}'] must be a schema that speaks Standard Schema`)
  }
}

function checkSending<Events extends object>(sending: Sending<Events>): void {
  checkOptions<Sending<object>>('provider.sending', sending, sendingKinds, 'provider.sending.')
  checkKind('provider.sending.samples', sending.samples, 'function')
  checkKind('provider.sending.stamp', sending.stamp, 'function')
  wholeNumber('provider.sending.timeoutMs', sending.timeoutMs, 1, mostMs)
  const delays: unknown = sending.attemptDelaysMs
  if (!Array.isArray(delays) || delays.length === 0)
    throw new TypeError(
      'provider.sending.attemptDelaysMs must list the wait before each attempt, such as [0, 1000]',
    )
  for (const delayMs of delays) wholeNumber('provider.sending.attemptDelaysMs[]', delayMs, 0, mostMs)
}

function checkTime(time: TimeRule): void {
  checkOptions('provider.time', time, timeKinds, 'provider.time.')
  if (time.of !== 'attempt' && time.of !== 'event') {
    throw new TypeError(
      "provider.time.of must be 'attempt' (each attempt is signed anew) or 'event' (the time is the event's own)",
    )
  }
  checkKind('provider.time.required', time.required, 'true or false')
  checkKind('provider.time.signed', time.signed, 'true or false')
  const formats: readonly unknown[] = [time.format].flat()
  if (formats.length === 0 || formats.some((format) => !timeFormats.some((known) => known === format)))
    throw new TypeError(`provider.time.format must be one of ${timeFormats.join(', ')}, or a list of them`)
}
