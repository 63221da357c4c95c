import type { EventName } from '@acuse/core'
import { checkOptions, type OptionKinds, wholeNumber } from '@acuse/core/inbox-kit'
import { ask } from './ask.ts'
import { deliver } from './deliver.ts'
import { type Fault, type FaultParts, partsOf } from './faults/fault.ts'
import { type MadeRequest, makeRequest, type WhatToSend } from './make-request.ts'
import { monotonicTime } from './monotonic-time.ts'
import { type SenderOptions, type SenderSettings, toSettings } from './options.ts'
import type { HandshakeReport, LoadReport, SendReport } from './report.ts'
import type { SignedRequest } from './request.ts'
import { sendBeside } from './send-beside.ts'
import { type ManyOptions, sendMany } from './send-many.ts'

/** The same shape with every field optional, at every depth; lists are given whole. */
export type DeepPartial<Value> = Value extends readonly unknown[]
  ? Value
  : Value extends object
    ? { readonly [Key in keyof Value]?: DeepPartial<Value[Key]> }
    : Value

/** How to sign one delivery. */
export interface SignOptions {
  /** The time to sign. Default: now. */
  readonly at?: Date
  /** Headers beside the provider's and the sender's, or instead of them. Default: none. */
  readonly headers?: Readonly<Record<string, string>>
  /** Changes the body after it was signed, as an attacker would. */
  readonly tamper?: (body: Uint8Array) => Uint8Array
}

/** How to send one delivery. */
export interface SendOptions extends SignOptions {
  /** The most attempts, 1 to 1 000. Default: the schedule's; 1 with a fault that no retry mends. */
  readonly attempts?: number
}

/** How to send many deliveries of an event. */
export interface SendManyOptions<Payload> extends ManyOptions, Pick<SendOptions, 'attempts' | 'headers'> {
  /** What each lays over the sample, by its number from 0. Default: nothing. */
  readonly overrides?: (number: number) => DeepPartial<Payload>
}

/** Sends as a provider does. */
export interface Sender<Events extends object> {
  /**
   * Signs and posts one event: the documented sample with `overrides` and a fresh time, attempted until a
   * 2xx or the end of the schedule. Two calls never send the same delivery, because their times
   * differ; use `resend` for that. Where nothing but whole seconds tells a provider's events apart, give each another `at`.
   * @throws TypeError when the provider documents no such event, or an option cannot be used
   */
  send<Name extends EventName<Events>>(
    event: Name,
    overrides?: DeepPartial<Events[Name]>,
    options?: SendOptions,
  ): Promise<SendReport>
  /**
   * Signs one event, and sends nothing: `fetch(signed.url, signed)`, `app.inject(signed)`, or its `headers` and `body` for
   * supertest.
   * @throws TypeError as `send`, and with a fault of how a body travels or of what is sent beside it
   */
  sign<Name extends EventName<Events>>(
    event: Name,
    overrides?: DeepPartial<Events[Name]>,
    options?: SignOptions,
  ): Promise<SignedRequest>
  /**
   * Sends `count` different deliveries of an event, several at once, at a rate if you want. It keeps figures, not reports.
   * @param count 1 to 1 000 000
   * @throws TypeError as `send`
   */
  sendMany<Name extends EventName<Events>>(
    event: Name,
    count: number,
    options?: SendManyOptions<Events[Name]>,
  ): Promise<LoadReport>
  /** Posts the same bytes under the same signature again, as a retry whose answer got lost would. */
  resend(report: SendReport, options?: Pick<SendOptions, 'attempts'>): Promise<SendReport>
  /**
   * Asks what the provider asks before it sends, such as `url_verification`: each of its handshakes once, with the right proof
   * and fresh values, in its order.
   * @throws TypeError when the provider has none
   */
  handshake(): Promise<readonly HandshakeReport[]>
  /** The same sender, but whatever it sends has these faults: `sender.with(tamperedBody).send('bhe.emitida')`. */
  with(...faults: readonly Fault[]): Sender<Events>
  /** The names of the events that it has samples of. */
  events(): Promise<readonly EventName<Events>[]>
}

const signKinds: OptionKinds<SignOptions> = { at: 'checked', headers: 'object', tamper: 'function' }
const sendKinds: OptionKinds<SendOptions> = { ...signKinds, attempts: 'number' }
const resendKinds: OptionKinds<Pick<SendOptions, 'attempts'>> = { attempts: 'number' }
const manyKinds: OptionKinds<SendManyOptions<unknown>> = {
  concurrency: 'number',
  perSecond: 'checked',
  attempts: 'number',
  headers: 'object',
  overrides: 'function',
}
const mostAttempts = 1_000
const mostAtOnce = 1_000
const mostSent = 1_000_000

/**
 * A sender that signs with the provider's own scheme and retries by its own schedule. For integration tests
 * of receivers.
 * @throws TypeError when the provider cannot send, or an option cannot be used
 * @example
 * import { redcumbre } from '@acuse/providers/redcumbre'
 * import { createSender, tamperedBody } from '@acuse/sender'
 *
 * const secret = process.env['REDCUMBRE_SECRET'] as string
 * const sender = createSender({ provider: redcumbre, secret, url: 'http://127.0.0.1:3000/webhooks/redcumbre' })
 * const { delivered } = await sender.send('bhe.emitida', { montos: { liquido: 194_062 } })
 * const { status } = await sender.with(tamperedBody).send('bhe.emitida')
 */
export function createSender<Events extends object, Secret>(
  options: SenderOptions<Events, Secret>,
): Sender<Events> {
  const settings = toSettings(options)
  return toSender<Events>(settings, monotonicTime(settings.way.clock), [])
}

function toSender<Events extends object>(
  settings: SenderSettings,
  freshTime: () => Date,
  given: readonly Fault[],
): Sender<Events> {
  const { signer, way, to } = settings
  const faults = given.map(partsOf)
  const names = given.map(({ name }) => name)

  const what = (event: string, overrides: unknown, { at, headers }: SignOptions): WhatToSend => {
    return { event, overrides, at: at ?? freshTime(), headers, account: settings.account, faults }
  }
  const sendOne = async (event: string, overrides: unknown, options: SendOptions): Promise<SendReport> => {
    const wanted = what(event, overrides, options)
    const made = tampered(await makeRequest(signer, wanted, to), options)
    const attempts = toAttempts(options) ?? (faults.some(cannotBeMended) ? 1 : undefined)
    const send = ({ event: name, request }: MadeRequest, most = attempts) =>
      deliver({ event: name, faults: names, request, attempts: most, travels: travelsOf(faults) }, way)
    return sendBeside({ signer, to, wanted, made, send, freshTime })
  }

  return {
    async send(event, overrides, options = {}) {
      checkSign('send options', options, sendKinds)
      return sendOne(event, overrides, options)
    },
    async sign(event, overrides, options = {}) {
      checkSign('sign options', options, signKinds)
      const unsigned = given.find((_, at) => faults[at]?.sends ?? faults[at]?.travels)
      if (unsigned) throw new TypeError(`${unsigned.name} is no matter of the request: use send`)
      return tampered(await makeRequest(signer, what(event, overrides, options), to), options).request
    },
    async sendMany(event, count, options = {}) {
      checkOptions('sendMany options', options, manyKinds)
      wholeNumber('count', count, 1, mostSent)
      const { overrides, perSecond, concurrency = 16, ...each } = options
      wholeNumber('concurrency', concurrency, 1, mostAtOnce)
      if (perSecond !== undefined && !(typeof perSecond === 'number' && perSecond > 0))
        throw new TypeError('perSecond must be a number above 0')
      const { provider, clock, sleep } = way
      const send = (number: number) => sendOne(event, overrides?.(number), each)
      return sendMany({ provider, event, count, concurrency, perSecond, clock, sleep, send })
    },
    async resend({ event, request }, options = {}) {
      checkOptions('resend options', options, resendKinds)
      return deliver({ event, faults: names, request, attempts: toAttempts(options) }, way)
    },
    async handshake() {
      const reports: HandshakeReport[] = []
      for (const handshake of signer.handshakes({ at: freshTime(), addressQuery: to.query }))
        reports.push(await ask(signer, handshake, { url: to.url, ...way }))
      return reports
    },
    with: (...more) => toSender(settings, freshTime, [...given, ...more]),
    async events() {
      // The names of samples are names of its events.
      return Object.keys(await signer.sending.samples()) as EventName<Events>[]
    },
  }
}

/** A copy, or what comes late, may be delivered at last; what is wrong stays wrong. */
function cannotBeMended({ sends }: FaultParts): boolean {
  return sends === undefined
}

function travelsOf(faults: readonly FaultParts[]): FaultParts['travels'] {
  return faults.findLast(({ travels }) => travels)?.travels
}

function tampered(made: MadeRequest, { tamper }: SignOptions): MadeRequest {
  if (tamper === undefined) return made
  return { ...made, request: { ...made.request, body: Buffer.from(tamper(made.request.body)) } }
}

function checkSign<Options extends SignOptions>(
  where: string,
  options: Options,
  kinds: OptionKinds<Options>,
): void {
  checkOptions(where, options, kinds)
  const at: unknown = options.at
  if (at !== undefined && !(at instanceof Date && !Number.isNaN(at.getTime())))
    throw new TypeError('at must be a valid Date')
}

function toAttempts({ attempts }: Pick<SendOptions, 'attempts'>): number | undefined {
  return attempts === undefined ? undefined : wholeNumber('attempts', attempts, 1, mostAttempts)
}
