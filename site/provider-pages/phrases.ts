import { spanish } from './spanish.ts'

/** Every phrase of a page. A name in backticks stays as it is in each language. */
export interface Phrases {
  readonly lead: (title: string) => string
  readonly receive: string
  readonly secret: (variable: string) => string
  readonly identifier: (variable: string) => string
  readonly publicKey: (variable: string) => string
  readonly mounted: (path: string, useFor: string) => string
  readonly facts: string
  readonly proof: string
  readonly headers: string
  readonly signs: string
  readonly sent: string
  readonly path: string
  readonly time: string
  readonly idempotency: string
  readonly batch: string
  readonly handshake: string
  readonly answer: string
  readonly retries: string
  readonly attempts: string
  readonly largest: string
  readonly inQuery: string
  readonly inBody: string
  readonly nothing: string
  readonly body: string
  readonly checksum: string
  readonly form: string
  readonly address: string
  readonly header: (name: string) => string
  readonly query: (name: string) => string
  readonly field: (name: string) => string
  readonly ofBody: (name: string) => string
  readonly theBody: string
  readonly optional: string
  readonly noTime: string
  readonly timeOf: { readonly attempt: string; readonly event: string }
  readonly timeFromPayload: string
  readonly timeMayMiss: string
  readonly bodyHash: string
  readonly computed: string
  readonly otherwise: string
  readonly oneEvent: string
  readonly items: (places: string) => string
  readonly itemsAreBody: string
  readonly none: string
  readonly proven: { readonly scheme: string; readonly none: string; readonly token: string }
  readonly notDocumented: string
  readonly noRetry: string
  readonly once: string
  readonly after: (waits: string) => string
  readonly asAsked: string
  readonly units: {
    readonly day: string
    readonly days: string
    readonly hour: string
    readonly min: string
    readonly s: string
  }
  readonly events: string
  readonly anyName: string
  readonly counted: (count: number) => string
  readonly list: string
  readonly send: string
  readonly sendText: string
  readonly sendKey: (variable: string) => string
  readonly test: string
  readonly watch: string
  readonly warn: {
    readonly key: string
    readonly noTime: string
    readonly unsignedType: string
    readonly thin: string
    readonly sha1: string
    readonly fetched: string
    readonly method: string
    readonly form: string
    readonly address: string
    readonly event: string
  }
  readonly documentation: (links: string) => string
  readonly seeAlso: string
}

const english: Phrases = {
  lead: (title) =>
    `What proves a delivery of ${title}, what tells it from its copies, how often it comes again, and the code that receives it.`,
  receive: 'Receive',
  secret: (variable) => `The secret is read from \`${variable}\`.`,
  identifier: (variable) =>
    `\`${variable}\` is no secret: it names whose deliveries are yours, and the key is fetched from the sender.`,
  publicKey: (variable) => `\`${variable}\` is the sender's public key: it proves deliveries and makes none.`,
  mounted: (path, useFor) =>
    `It answers \`${path}\`${useFor} and passes everything else on. Mount it before any body parser.`,
  facts: 'How it is verified',
  proof: 'proof',
  headers: 'it stands in',
  signs: 'what is signed, in order',
  sent: 'as it is sent',
  path: 'default path',
  time: 'time',
  idempotency: 'idempotency key',
  batch: 'batch',
  handshake: 'handshake',
  answer: 'waits for an answer',
  retries: 'retries for',
  attempts: 'attempts of `@acuse/sender`',
  largest: 'largest body',
  inQuery: 'the query of the address',
  inBody: 'the body',
  nothing: 'nothing: the key itself is the proof',
  body: 'the raw body',
  checksum: 'the CRC-32 of the body',
  form: 'the sorted fields of the form',
  address: 'the address that the sender was given',
  header: (name) => `header \`${name}\``,
  query: (name) => `\`${name}\` of the query`,
  field: (name) => `\`${name}\` of the signature header`,
  ofBody: (name) => `\`${name}\` of the body`,
  theBody: 'the body',
  optional: ' where it is there',
  noTime: 'none is stated: only remembered keys stop a replay',
  timeOf: {
    attempt: 'of the attempt; a copy that is older than the tolerance is refused',
    event: 'of the event; it may be late by as much as keys are remembered',
  },
  timeFromPayload: 'read from the payload',
  timeMayMiss: 'may be missing',
  bodyHash: 'the hash of what is signed',
  computed: 'computed from the signed payload, by type of event',
  otherwise: 'else',
  oneEvent: 'one event a request',
  items: (places) => `each element of ${places} is an event`,
  itemsAreBody: 'the body is a list, and each element is an event',
  none: 'none',
  proven: { scheme: 'signed', none: 'unsigned', token: 'with a token of yours' },
  notDocumented: 'not documented: keys are remembered for 7 days',
  noRetry: 'it does not retry',
  once: 'one',
  after: (waits) => `at once, then after ${waits}`,
  asAsked: 'and later where `Retry-After` asks for it',
  units: { day: 'day', days: 'days', hour: 'h', min: 'min', s: 's' },
  events: 'Events',
  anyName: 'Any name is an event. A type parameter of the factory gives payloads their types.',
  counted: (count) =>
    count === 1
      ? 'One name is typed; a misspelt one does not compile.'
      : `${count} names are typed; a misspelt one does not compile, and the error lists those that are near.`,
  list: 'All of them',
  send: 'Send one to yourself',
  sendText: 'The command signs a documented sample as the sender does, with a fresh time:',
  sendKey: (variable) =>
    `\`${variable}\` holds the key that signs: make a pair for your tests, because only the sender has the real one.`,
  test: 'In a test that is an ES module, with the same data:',
  watch: 'What to watch',
  warn: {
    key: '**The key signs nothing.** Whoever sees one request can make others: use TLS, and keep the key out of logs.',
    noTime:
      'No signed time tells an attempt from a replay. Use an inbox that outlives the process, so that its memory does too.',
    unsignedType:
      'The type of the event stands where nothing signs it. It is no part of the idempotency key, and a copy under another type is refused as `type-conflict`.',
    thin: 'The delivery is a notice. Give the factory what it takes to ask the API, and the payload of your handler is what the API answers.',
    sha1: 'The signature is HMAC with SHA-1, because the sender offers nothing newer.',
    fetched:
      'The key is fetched from the sender. While it cannot be had, deliveries are answered 503 and come again.',
    method:
      'A handshake comes by another method than POST: mount the webhooks with `app.use`, not with `app.post`.',
    form: 'Fields are signed without separators, so copies are told apart by all that is signed.',
    address:
      'The address is signed: give `publicUrl` as the sender has it, not as your server sees it behind a proxy.',
    event:
      'The signed time is that of the event, so a late delivery is still accepted. Use an inbox that outlives the process.',
  },
  documentation: (links) => `What the sender documents, as it was read: ${links}.`,
  seeAlso:
    '[All providers](../providers.md) · [what each refusal means](../troubleshooting.md) · [what a 200 means](../acknowledging.md)',
}

/** Phrases by language. */
export const phrases = { en: english, es: spanish } as const
