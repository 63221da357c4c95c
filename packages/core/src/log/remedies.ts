import type { RejectionCode } from '../model/rejection.ts'

/** The operator's remedy for a refusal, in a sentence; docs/troubleshooting.md has more of each. */
export const remedies: { readonly [Code in RejectionCode]: string } = {
  'method-not-allowed': 'Only POST is a delivery',
  'address-refused':
    'ipAllowlist does not list the address; behind a proxy, the framework must be told to trust it',
  'encoding-unsupported':
    'A body must come as it was signed: have what compresses it on the way leave it alone',
  'media-type-unsupported':
    'The provider documents another Content-Type; something on the way may have changed it',
  'body-too-large': 'The body is larger than maxBodyBytes',
  'body-timeout': 'The body did not arrive within bodyTimeoutMs',
  'body-aborted': 'The connection ended before the body did; the sender retries',
  overloaded: 'The bodies in flight take up maxBytesInFlight; the sender retries',
  'body-consumed': 'Mount the receiver before anything that reads bodies',
  'header-missing':
    'The sender, or what stands before this server, does not send the header: look whether a secret is set at the sender, and for a proxy that drops it',
  'header-repeated': 'The header stands more than once: something on the way adds one',
  'header-malformed':
    'The header is not written as the provider documents it: ask explain() with the request',
  'header-mismatch': 'The header must repeat what the signed body says: ask the sender',
  'key-unknown':
    'The function of keys knows none for the request: an unknown tenant, or another path or header than it looks at',
  'signature-mismatch':
    "Another secret, or a body that was changed on the way: compare the secret with the sender's, and ask explain() with the request",
  'value-malformed':
    'A value that is signed is missing from the query, the body or the header, or is not written as the provider documents it',
  'token-mismatch': 'The handshake has another token than the one that the provider was made with',
  'type-conflict':
    'Signed content that came before came again under another event type, which nobody signs: a replay, or an event whose body says the same',
  'body-malformed': 'The body is not written as its Content-Type says: ask the sender',
  'tenant-mismatch':
    "The payload names another tenant than the key's name: a tenant signs for another, or provider.tenantOf names the wrong field",
  'body-not-utf8': 'The body must be UTF-8: ask the sender',
  'body-not-json': 'The body must be JSON, without a byte order mark: ask the sender',
  'body-too-deep': 'The body is nested deeper than 64 levels: ask the sender',
  'body-forbidden-key': 'The body has a key __proto__: ask the sender',
  'envelope-invalid': 'The body lacks what the provider documents, such as the type of the event',
  'time-missing': 'The delivery states no time: ask the sender',
  'time-malformed': 'The time is not written as the provider documents it: ask explain() with the request',
  'time-past':
    'It is older than tolerance.pastMs: a late queue of the sender, a clock that is ahead here, or a replay: compare the clock of this machine with the true time, or widen the tolerance',
  'time-future':
    'It is ahead by more than tolerance.futureMs: a clock that is behind here, or ahead at the sender: compare the clock of this machine with the true time',
  'scheme-failed':
    'The scheme, or its function of keys, failed or answered what it may not: a fault of the program',
  'receiver-failed': 'Something of the program failed, such as its clock',
  'keys-failed': 'No key can be had; the sender is told to retry',
  conflict: 'Another body came under an idempotency key that is taken: compare the two',
  'handler-failed': 'The sender is told to retry; mend the handler',
  'inbox-full': 'Handlers do not keep up, or nothing handles what waits; see inbox.stats()',
  'inbox-failed': 'See whether the store runs and can be reached; the sender is told to retry',
  'inbox-timeout':
    'The inbox did not accept within acceptTimeoutMs: see whether the store runs and can be reached',
  'dedupe-full': 'The memory of idempotency keys is full: raise maxEntries',
  'dedupe-failed': 'See whether the store runs and can be reached; the sender is told to retry',
  'dedupe-timeout':
    'The store of idempotency keys did not answer within acceptTimeoutMs: see whether it runs and can be reached',
  'in-flight': 'Another copy is on its way, or handlers need longer than ackTimeoutMs; the sender retries',
  unhandled: "Register a handler, or say handle: 'all'",
  'handlers-busy': 'As many handlers run as concurrency allows; the sender retries',
  'failed-recently': 'It failed less than 500 ms ago; the sender retries',
  closed: 'The receiver is closing; the sender retries',
}
