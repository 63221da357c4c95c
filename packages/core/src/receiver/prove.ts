import type { WebhookRequest } from '../model/request.ts'
import type { Authentic } from '../model/scheme.ts'
import { authenticate } from './authenticate.ts'
import type { Greeting, Handshakes } from './handshakes.ts'
import { type Opened, openEvents, readPayload, timeOf } from './read-body.ts'
import type { Reading } from './reading.ts'
import { failed, type Refusal } from './refusal.ts'
import { SchemeError } from './scheme-calls.ts'
import { findTenant } from './tenant.ts'

/** A request that is proven, and read. */
export interface Proven {
  readonly keyId: string
  /** Whose it is, where keys are by tenant. */
  readonly tenant: string | undefined
  /** The signed time, as sent. */
  readonly time: unknown
  /** None, where it is a handshake, or a batch without any. */
  readonly events: readonly Opened[]
  /** The answer, where it is a handshake. */
  readonly greeting?: Greeting
}

const noEvents: readonly Opened[] = []

/** Steps 3 and 4: who sent a request, what it says, and whether its key may say it. */
export function prove(
  request: WebhookRequest,
  reading: Reading,
  handshakes?: Pick<Handshakes, 'answerProven'>,
): Proven | Refusal {
  const proof = authenticate(reading.scheme, request)
  if ('code' in proof) return proof
  const proven = readProven(request, proof, reading, handshakes)
  return 'code' in proven ? { ...proven, authentic: true, keyId: proof.keyId } : proven
}

/** The scheme is asked again while a request is read, and a payload may be what somebody's parser made. */
function readProven(
  request: WebhookRequest,
  proof: Authentic,
  reading: Reading,
  handshakes: Pick<Handshakes, 'answerProven'> | undefined,
): Proven | Refusal {
  try {
    return read(request, proof, reading, handshakes)
  } catch (error) {
    return error instanceof SchemeError ? error.refusal : failed('receiver-failed', error)
  }
}

function read(
  request: WebhookRequest,
  proof: Authentic,
  reading: Reading,
  handshakes: Pick<Handshakes, 'answerProven'> | undefined,
): Proven | Refusal {
  const payload = readPayload(request, reading)
  if ('code' in payload) return payload
  const { keyId } = proof
  const greeting = handshakes?.answerProven(payload.values, keyId)
  if (greeting !== undefined) {
    if ('code' in greeting) return greeting
    return { keyId, tenant: undefined, time: timeOf(reading, payload.values), events: noEvents, greeting }
  }
  const opened = openEvents(payload, reading)
  if ('code' in opened) return opened
  const owner = findTenant(payload.payload, proof, reading.tenantOf)
  if ('code' in owner) return owner
  // Field by field: a spread takes a microsecond.
  return { keyId, tenant: owner.tenant, time: opened.time, events: opened.events }
}
