import { toOmitted } from '../lib/canonical-json.ts'
import { checkKind, checkOptions, type OptionKinds } from '../lib/check-options.ts'
import { fieldOf } from '../lib/field-of.ts'
import { wholeNumber } from '../lib/options.ts'
import { checkName, checkPath, type Provider, type ProviderLimits, type TimeRule } from '../model/provider.ts'
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
  const { time, limits = {}, volatile = [], repeats = {}, mediaTypes = [], tenantOf } = provider
  if (time !== undefined) checkTime(time)
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
}

function checkEvents(events: object): void {
  checkKind('provider.events', events, 'object')
  for (const [name, schema] of Object.entries(events)) {
    if (typeof fieldOf(fieldOf(schema, '~standard'), 'validate') !== 'function')
      throw new TypeError(`provider.events['${name}'] must be a schema that speaks Standard Schema`)
  }
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
