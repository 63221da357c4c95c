import type { Answered } from './endpoint.ts'
import type { Genuine } from './genuine.ts'
import { headersOf, jsonOf, type ProviderDraft } from './seen.ts'
import type { HttpAnswer, Sender } from './sender.ts'

/** The faults that are looked for, and counted. */
export const faultNames = [
  'falseAccepts',
  'falseRefusals',
  'secondEvents',
  'extraRuns',
  'thrown',
  'serverErrors',
  'strangeAnswers',
  'reflections',
  'storeTouched',
] as const

/** One of them. */
export type Fault = (typeof faultNames)[number]

/** What was done to a genuine request. */
export interface Changed {
  readonly genuine: Genuine
  /** Whether it was proven anew after it was changed. */
  readonly isProvenAnew: boolean
  /** When the receiver looked at it. */
  readonly now: number
}

const json = { 'content-type': 'application/json' }
const refusals: Readonly<Record<number, string>> = {
  400: 'malformed',
  401: 'unauthorized',
  403: 'forbidden',
  405: 'method_not_allowed',
  409: 'conflict',
  413: 'content_too_large',
  415: 'unsupported_media_type',
}
const closing = [401, 405, 413, 415]

/** The first fault of an answer; nothing where it is right. */
export function judge(answered: Answered, changed: Changed): Fault | undefined {
  const { sender } = changed.genuine
  const { arrived, observed, status } = answered
  const kinds = new Set(observed.map(({ type }) => type))
  if (status >= 500) return 'serverErrors'
  if (kinds.has('handshake')) return judgeGreeting(answered, sender)
  const isProven = sender.proof.holds(arrived) && (sender.needs?.(arrived) ?? true)
  if (status < 300) return judgeAccepted(answered, changed, isProven)
  if (!isSame(answered, refusalOf(status, sender))) return 'reflections'
  if (answered.stored > 0 && !isProven) return 'storeTouched'
  return isUnchanged(answered, changed) && isProven ? 'falseRefusals' : undefined
}

/** Greetings are told back what their grammar allows, and nothing is stored. */
function judgeGreeting(answered: Answered, { greetings, proof }: Sender): Fault | undefined {
  const { arrived, stored } = answered
  const wanted = greetings?.answer(arrived)
  if (wanted === undefined || wanted === 'forbidden') return 'falseAccepts'
  if (greetings?.isProven && arrived.method === 'POST' && !proof.holds(arrived)) return 'falseAccepts'
  if (stored > 0) return 'storeTouched'
  return isSame(answered, wanted) ? undefined : 'reflections'
}

function judgeAccepted(answered: Answered, changed: Changed, isProven: boolean): Fault | undefined {
  const { arrived, observed } = answered
  const { genuine, isProvenAnew } = changed
  const { sender } = genuine
  if (!isProven || arrived.method !== 'POST' || !isReadable(arrived, sender)) return 'falseAccepts'
  // Whoever captured a request has it handled no second time, whatever it does to it.
  const isNew = observed.some(({ type }) => type === 'accepted')
  if (isNew && sender.proof.isSigned && !isProvenAnew) return 'secondEvents'
  return acceptedAnswers(sender, changed.now).some((each) => isSame(answered, each))
    ? undefined
    : 'strangeAnswers'
}

/** The answers to what is accepted: a copy is told that it is one. */
function acceptedAnswers({ accepted }: Sender, now: number): readonly HttpAnswer[] {
  if (accepted) return [accepted]
  const start = `{"success":true,"receivedAt":"${new Date(now).toISOString()}"`
  return ['}', ',"duplicate":true}'].map((end) => ({ status: 200, headers: json, body: start + end }))
}

function refusalOf(status: number, sender: Sender): HttpAnswer {
  const connection = closing.includes(status) ? { connection: 'close' } : undefined
  if (status === 401 && sender.isSilent) return { status, headers: { ...connection }, body: '' }
  const methods =
    sender.provider.handshakes?.map(({ method }) => method).filter((method) => method !== 'POST') ?? []
  const allow = status === 405 ? { allow: ['POST', ...new Set(methods)].join(', ') } : undefined
  return { status, headers: { ...json, ...connection, ...allow }, body: `{"error":"${refusals[status]}"}` }
}

/** To the letter: what is constant holds nothing of the request. */
function isSame(found: HttpAnswer, { status, headers, body }: HttpAnswer): boolean {
  const names = Object.keys(found.headers)
  return (
    found.status === status &&
    found.body === body &&
    names.length === Object.keys(headers).length &&
    names.every((name) => found.headers[name] === headers[name])
  )
}

/** Whether nothing was changed that anybody looks at: then it must be taken. */
function isUnchanged({ arrived }: Answered, { genuine, isProvenAnew }: Changed): boolean {
  const { request, sender, isGreeting } = genuine
  if (isGreeting || isProvenAnew || arrived.method !== 'POST' || !arrived.body.equals(request.body))
    return false
  if (arrived.url !== request.url) return false
  const read = ['content-type', 'content-encoding', 'content-length', ...sender.proof.security]
  const named = request.headers.map(([name]) => name.toLowerCase())
  const added = arrived.headers.map(([name]) => name.toLowerCase()).filter((name) => !named.includes(name))
  const isSameHeader = (name: string): boolean =>
    headersOf(arrived, name).join('\0') === headersOf(request, name).join('\0')
  return added.length === 0 && [...read, ...named].every(isSameHeader)
}

const maxDepth = 64

/** Whether somebody else can read the body too, where all bodies are JSON. */
function isReadable(draft: ProviderDraft, { mediaTypes }: Sender): boolean {
  if (mediaTypes !== undefined) return true
  const payload = jsonOf(draft)
  return payload !== undefined && isHarmless(payload, maxDepth)
}

function isHarmless(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0 || Object.hasOwn(value, '__proto__')) return false
  return Object.values(value).every((each) => isHarmless(each, levels - 1))
}
