import type { WebhookRequest } from '../model/request.ts'
import type { Scheme } from '../model/scheme.ts'
import { wrong } from './authenticate.ts'
import { failed, type Refusal } from './refusal.ts'

/** A scheme that failed after its proof, while the request is read. */
export class SchemeError extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.code)
    this.refusal = refusal
  }
}

/**
 * The values of the header that carries the signature.
 * @throws SchemeError when the scheme throws, or answers anything else
 */
export function fieldsOf(scheme: Scheme, request: WebhookRequest, name: string): readonly string[] {
  return ask(scheme, 'fields', () => scheme.fields?.(request, name) ?? [], areTexts, 'a list of texts')
}

/**
 * The bytes that are signed.
 * @throws SchemeError when the scheme throws, or answers anything else
 */
export function signedBytesOf(scheme: Scheme, request: WebhookRequest): Uint8Array {
  return ask(scheme, 'signedBytes', () => scheme.signedBytes?.(request), areBytes, 'a Uint8Array')
}

/**
 * A MAC of a text, where the scheme makes one.
 * @throws SchemeError when the scheme throws, or answers anything else
 */
export function macOf(scheme: Scheme, text: string, keyId: string): string | undefined {
  return ask(scheme, 'mac', () => scheme.mac?.(text, keyId), isTextIfAny, 'text, or undefined')
}

/** It may be anybody's code, and answer anything. */
function ask<T>(
  scheme: Scheme,
  call: keyof Scheme,
  run: () => unknown,
  isAnswer: (answer: unknown) => answer is T,
  instead: string,
): T {
  let refusal: Refusal
  try {
    const answer = run()
    if (isAnswer(answer)) return answer
    refusal = wrong(scheme, call, answer, instead)
  } catch (error) {
    refusal = failed('scheme-failed', error)
  }
  throw new SchemeError(refusal)
}

function areTexts(answer: unknown): answer is readonly string[] {
  return Array.isArray(answer) && answer.every((text) => typeof text === 'string')
}

function areBytes(answer: unknown): answer is Uint8Array {
  return answer instanceof Uint8Array
}

function isTextIfAny(answer: unknown): answer is string | undefined {
  return answer === undefined || typeof answer === 'string'
}
