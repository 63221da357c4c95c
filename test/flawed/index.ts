/** Each of these receivers has one fault, and the doctor finds that one: its code, by the receiver's file. */
export const flawed: Readonly<Record<string, string>> = {
  'crash-between-effect-and-ack': 'run-twice-after-crash',
  'acknowledges-in-flight': 'in-flight-acknowledged',
  'acknowledges-before-commit': 'acknowledged-before-safe',
  'assumes-order': 'order-assumed',
  'check-then-insert': 'concurrent-duplicates-run',
  'no-idempotency': 'duplicate-run',
  'effect-before-dedupe': 'effect-before-dedupe',
  'logs-the-secret': 'secret-logged',
  'reserialises-json': 'reserialised-json',
  'accepts-stale': 'stale-accepted',
  'accepts-future': 'future-accepted',
  'compares-text': 'signature-prefix',
}
