import type { Attributes } from '@opentelemetry/api'

// Semantic conventions for messaging, https://opentelemetry.io/docs/specs/semconv/messaging/; what they do not have is `acuse.*`.

/** Attributes of an operation on a receiver's endpoint. */
export function operation(name: 'receive' | 'process', endpoint: string): Attributes {
  return {
    'messaging.system': 'acuse',
    'messaging.operation.name': name,
    'messaging.operation.type': name,
    'messaging.destination.name': endpoint,
  }
}

/** `error.type` of what was thrown: its name, which is of the program and not of the payload. */
export function errorType(error: unknown): string {
  try {
    if (error instanceof Error && /^\w{1,80}$/.test(error.name)) return error.name
  } catch {}
  return '_OTHER'
}
