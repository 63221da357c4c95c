import { checkKind, checkOptions, type OptionKinds } from '../lib/check-options.ts'
import { fieldOf } from '../lib/field-of.ts'
import { tokenOf } from '../lib/handshake-token.ts'
import { toHeaderName } from '../lib/header-name.ts'
import { checkValue } from '../lib/parts.ts'
import type { AcceptedAnswer, Answers, Fill, Handshake, HandshakeAnswer } from '../model/handshake.ts'
import type { Provider } from '../model/provider.ts'
import { checkMatch } from './check-reading.ts'
import { conditionsOf } from './read-rules.ts'

const handshakeKinds: OptionKinds<Handshake> = {
  method: 'text',
  proof: 'checked',
  when: 'checked',
  answer: 'object',
  tell: 'object',
}
const answerKinds: OptionKinds<HandshakeAnswer> = {
  status: 'checked',
  json: 'object',
  text: 'object',
  headers: 'object',
}
const acceptedKinds: OptionKinds<AcceptedAnswer> = { status: 'checked', mediaType: 'text', body: 'text' }
const methods: readonly unknown[] = ['GET', 'HEAD', 'OPTIONS', 'POST']
const statuses: readonly unknown[] = [undefined, 200, 201, 202, 204]
const mediaTypeGrammar = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+(?:; ?[a-z0-9-]+=[A-Za-z0-9._-]+)*$/

/**
 * Checks handshakes: they tell nothing but what was sent, in a strict grammar.
 * @throws TypeError that says what they take
 */
export function checkHandshakes(
  handshakes: readonly Handshake[] | undefined,
  { scheme, time }: Pick<Provider<object>, 'scheme' | 'time'>,
): void {
  for (const handshake of handshakes ?? []) {
    const where = 'provider.handshakes[]'
    checkOptions(where, handshake, handshakeKinds, `${where}.`)
    const { method, proof, when, answer, tell } = handshake
    if (!methods.includes(method)) throw new TypeError(`${where}.method must be ${methods.join(', ')}`)
    checkProof(handshake)
    checkMatch(`${where}.when`, when)
    if (method === 'POST' && conditionsOf(when).length === 0)
      throw new TypeError(`${where}.when must tell a POST that is a handshake from a delivery`)
    if (proof === 'scheme' && time !== undefined && time.value === undefined)
      throw new TypeError(`${where} is proven by the scheme and must be fresh: state provider.time.value`)
    checkAnswer(answer, proof === 'scheme' && scheme.mac !== undefined)
    if (tell !== undefined) checkFill(`${where}.tell`, tell, false)
  }
}

function checkProof({ method, proof }: Handshake): void {
  const where = 'provider.handshakes[].proof'
  if (proof === 'scheme' && method !== 'POST')
    throw new TypeError(`${where} must be 'none' or a token for ${method}: a scheme proves a POST`)
  if (proof === 'scheme' || proof === 'none') return
  checkKind(where, proof, 'object')
  checkOptions(where, proof, { equals: 'object', secret: 'checked' }, `${where}.`)
  checkValue(`${where}.equals`, proof.equals)
  // A function is asked when a sender asks: a build needs no token.
  if (typeof proof.secret !== 'function') tokenOf(proof)
}

function checkAnswer(answer: HandshakeAnswer, canMac: boolean): void {
  const where = 'provider.handshakes[].answer'
  checkKind(where, answer, 'object')
  checkOptions(where, answer, answerKinds, `${where}.`)
  if (!statuses.includes(answer.status)) throw new TypeError(`${where}.status must be 200, 201, 202 or 204`)
  if (answer.json && answer.text) throw new TypeError(`${where} must have json or text, not both`)
  if (answer.status === 204 && (answer.json || answer.text)) throw new TypeError(noContent(where))
  for (const name of Object.keys(answer.headers ?? {})) toHeaderName(`${where}.headers`, name)
  const fills = [...Object.values(answer.json ?? {}), ...Object.values(answer.headers ?? {}), answer.text]
  for (const fill of fills) if (typeof fill === 'object') checkFill(where, fill, canMac)
}

function checkFill(where: string, fill: Fill, canMac: boolean): void {
  const mac: unknown = fieldOf(fill, 'mac')
  if (mac === undefined) {
    checkValue(where, fill)
    if (!('text' in fill) && (fill.as === undefined || fill.as === 'text'))
      throw new TypeError(`${where} must tell a value back in a strict grammar, as: 'token' or 'id'`)
    return
  }
  checkValue(where, mac)
  if (!canMac) throw new TypeError(`${where} has a MAC, and no scheme that proves the request and makes one`)
  if (mac.as !== 'id')
    throw new TypeError(
      `${where} signs a value: it must be as: 'id', which no separator of what is signed fits`,
    )
}

/**
 * Checks how a provider is answered.
 * @throws TypeError that says what it takes
 */
export function checkAnswers(answers: Answers | undefined): void {
  if (answers === undefined) return
  checkOptions(
    'provider.answers',
    answers,
    { accepted: 'object', unauthorized: 'checked' },
    'provider.answers.',
  )
  if (answers.unauthorized !== undefined && answers.unauthorized !== 'empty')
    throw new TypeError("provider.answers.unauthorized must be 'empty', or left out")
  const { accepted } = answers
  if (accepted === undefined) return
  checkOptions('provider.answers.accepted', accepted, acceptedKinds, 'provider.answers.accepted.')
  if (!statuses.includes(accepted.status))
    throw new TypeError('provider.answers.accepted.status must be 200, 201, 202 or 204')
  if (accepted.status === 204 && accepted.body) throw new TypeError(noContent('provider.answers.accepted'))
  if (accepted.mediaType !== undefined && !mediaTypeGrammar.test(accepted.mediaType))
    throw new TypeError(
      "provider.answers.accepted.mediaType must be a media type, such as 'text/xml; charset=utf-8'",
    )
  if (accepted.body && accepted.mediaType === undefined)
    throw new TypeError('provider.answers.accepted.mediaType must say what its body is')
}

function noContent(where: string): string {
  return `${where}.status must be 200, 201 or 202 where there is a body: a 204 has none`
}
