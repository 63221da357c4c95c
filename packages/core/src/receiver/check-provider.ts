import { isSchema } from '../handlers/schemas.ts'
import { toOmitted } from '../lib/canonical-json.ts'
import { checkKind, checkOptions, type OptionKinds } from '../lib/check-options.ts'
import { toHeaderName } from '../lib/header-name.ts'
import { wholeNumber } from '../lib/options.ts'
import { coveredBy } from '../lib/parts.ts'
import {
  checkName,
  checkPath,
  type Provider,
  type ProviderEvents,
  type ProviderLimits,
} from '../model/provider.ts'
import type { Sandbox, Sending } from '../model/sending.ts'
import { checkAnswers, checkHandshakes } from './check-handshakes.ts'
import { checkBodies, checkEventRules, checkItems, checkThin, checkTime } from './check-reading.ts'
import { checkScheme } from './check-scheme.ts'
import { checkKeptHeaders } from './keep-headers.ts'

const providerKinds: OptionKinds<Provider<object>> = {
  name: 'text',
  path: 'text',
  scheme: 'object',
  events: 'checked',
  time: 'object',
  bodies: 'object',
  items: 'checked',
  eventRules: 'list',
  envelope: 'function',
  expose: 'list',
  thin: 'object',
  handshakes: 'list',
  answers: 'object',
  volatile: 'list',
  repeats: 'object',
  tenantOf: 'checked',
  limits: 'object',
  warnings: 'list',
  sending: 'object',
}
const limitKinds: OptionKinds<ProviderLimits> = {
  retriesForMs: 'number',
  maxBodyBytes: 'number',
  ackTimeoutMs: 'number',
}
const sendingKinds: OptionKinds<Sending<object>> = {
  attemptDelaysMs: 'list',
  timeoutMs: 'number',
  samples: 'function',
  stamp: 'function',
  headers: 'function',
  query: 'function',
  encode: 'function',
  honorsRetryAfter: 'true or false',
  sandbox: 'object',
}
const mostMs = 3_650 * 86_400_000
const maxBodyBound = 64 * 2 ** 20

/**
 * Checks what a provider states.
 * @throws TypeError that names the first thing that cannot be used, and says what it takes
 */
export function checkProvider<Events extends object>(provider: Provider<Events>): void {
  checkOptions<Provider<Events>>('provider', provider, providerKinds, 'provider.')
  checkName('provider.name', provider.name)
  checkPath('provider.path', provider.path)
  checkScheme(provider.scheme)
  const covered = coveredBy(provider.scheme)
  checkEvents(provider.events)
  checkEventRules(provider, covered)
  for (const warning of provider.warnings ?? []) {
    checkOptions('provider.warnings[]', warning, { code: 'text', message: 'text' }, 'provider.warnings[].')
  }
  const { time, limits = {}, volatile = [], repeats = {}, tenantOf, sending } = provider
  if (time !== undefined) checkTime(time)
  if (sending !== undefined) checkSending(sending)
  checkBodies(provider.bodies)
  checkItems(provider, covered)
  checkThin(provider.thin)
  checkHandshakes(provider.handshakes, provider)
  checkAnswers(provider.answers)
  checkLimits(limits)
  toOmitted('provider.volatile', volatile)
  toOmitted('provider.repeats', Object.values(repeats))
  for (const header of Object.keys(repeats)) toHeaderName('provider.repeats', header)
  checkKeptHeaders('provider.expose', provider.expose ?? [], provider.scheme)
  if (tenantOf !== undefined && typeof tenantOf !== 'function') toOmitted('provider.tenantOf', [tenantOf])
}

function checkLimits(limits: ProviderLimits): void {
  checkOptions('provider.limits', limits, limitKinds, 'provider.limits.')
  const { retriesForMs = 0, maxBodyBytes = 1, ackTimeoutMs = 5_000 } = limits
  wholeNumber('provider.limits.retriesForMs', retriesForMs, 0, mostMs)
  wholeNumber('provider.limits.maxBodyBytes', maxBodyBytes, 1, maxBodyBound)
  wholeNumber('provider.limits.ackTimeoutMs', ackTimeoutMs, 100, mostMs)
}

function checkEvents(events: ProviderEvents<object> | undefined): void {
  if (events === undefined) return
  const names: unknown = events
  if (Array.isArray(names)) {
    const wrong: unknown = names.find((name) => typeof name !== 'string' || name === '')
    if (names.length > 0 && wrong === undefined) return
    throw new TypeError("provider.events must list names of events, such as ['order.paid']")
  }
  checkKind('provider.events', events, 'object')
  for (const [name, schema] of Object.entries(events)) {
    if (!isSchema(schema) && typeof schema !== 'function')
      throw new TypeError(
        `provider.events['${name}'] must be a schema that speaks Standard Schema, or a function that loads one`,
      )
  }
}

function checkSending<Events extends object>(sending: Sending<Events>): void {
  checkOptions<Sending<object>>('provider.sending', sending, sendingKinds, 'provider.sending.')
  checkKind('provider.sending.samples', sending.samples, 'function')
  wholeNumber('provider.sending.timeoutMs', sending.timeoutMs, 1, mostMs)
  const delays: unknown = sending.attemptDelaysMs
  if (!Array.isArray(delays) || delays.length === 0)
    throw new TypeError(
      'provider.sending.attemptDelaysMs must list the wait before each attempt, such as [0, 1000]',
    )
  for (const delayMs of delays) wholeNumber('provider.sending.attemptDelaysMs[]', delayMs, 0, mostMs)
  if (sending.sandbox !== undefined) checkSandbox(sending.sandbox)
}

function checkSandbox(sandbox: Sandbox): void {
  const kinds: OptionKinds<Sandbox> = { accounts: 'object', apply: 'function' }
  checkOptions('provider.sending.sandbox', sandbox, kinds, 'provider.sending.sandbox.')
  checkKind('provider.sending.sandbox.apply', sandbox.apply, 'function')
  checkKind('provider.sending.sandbox.accounts', sandbox.accounts, 'object')
  if (Object.keys(sandbox.accounts).length === 0)
    throw new TypeError(
      "provider.sending.sandbox.accounts must name a test account at least, such as { '99999999-9': 'fails' }",
    )
}
