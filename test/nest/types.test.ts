import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { typeErrors } from '../support/compiler.ts'
import { root } from '../support/processes.ts'

const folder = join(root, 'test/.tmp/nest-types')
const imports = `import { type EventOf, type HandlerContext, InjectReceiver, type Receiver, UnknownWebhookHandler, type UnknownEvent, WebhookHandler, WebhookResponder, AcuseModule, defineEndpoint } from '@acuse/nestjs'
import { memoryInbox } from '@acuse/core'
import { type GithubEvents, github } from '@acuse/providers/github'
import { type RedcumbreEvents, redcumbre } from '@acuse/providers/redcumbre'
import { stripe } from '@acuse/providers/stripe'
import { zenpli } from '@acuse/providers/zenpli'
type Issued = EventOf<RedcumbreEvents, 'bhe.emitida'>
const chile = defineEndpoint(redcumbre, 'chile')
const other = defineEndpoint(github, 'other')
`

/** Members of a class, and what the compiler says of them; '' is nothing. */
const members: readonly (readonly [name: string, code: string, error: RegExp | ''])[] = [
  [
    'the event',
    "@WebhookHandler(redcumbre, 'bhe.emitida') issued({ payload }: Issued) { const net: number = payload.montos.liquido; return net }",
    '',
  ],
  [
    'the event and the context',
    "@WebhookHandler(redcumbre, 'bhe.emitida') async issued(_: Issued, { attempt }: HandlerContext) { attempt.toFixed() }",
    '',
  ],
  ['no parameter', "@WebhookHandler(redcumbre, 'bhe.emitida') issued() {}", ''],
  [
    'the events of a prefix',
    "@WebhookHandler(redcumbre, 'bhe.*') issued({ type }: EventOf<RedcumbreEvents, 'bhe.*'>) { return type }",
    '',
  ],
  [
    'an endpoint',
    "@WebhookHandler(chile, 'bhe.emitida', { name: 'x' }) issued({ payload }: Issued) { return payload.bheId }",
    '',
  ],
  [
    'a part of the event',
    "@WebhookHandler(redcumbre, '*') any({ id }: { readonly id: string }) { return id }",
    '',
  ],
  [
    'an event of a generic factory',
    "@WebhookHandler(github, 'push') pushed({ payload }: EventOf<GithubEvents, 'push'>) { const ref: string = payload.ref; return ref }",
    '',
  ],
  [
    'an endpoint of a generic factory',
    "@WebhookHandler(other, 'push') pushed({ payload }: EventOf<GithubEvents, 'push'>) { const ref: string = payload.ref; return ref }",
    '',
  ],
  [
    'an answer of a generic factory',
    "@WebhookResponder(github, 'push') pushed({ payload }: EventOf<GithubEvents, 'push'>) { return payload.ref }",
    '',
  ],
  [
    'an unknown event',
    '@UnknownWebhookHandler(redcumbre) unknown({ type }: UnknownEvent) { return type }',
    '',
  ],
  ['an answer', "@WebhookResponder(redcumbre, 'bhe.emitida') answer(_: Issued) { return { ok: true } }", ''],
  ['a receiver', '@InjectReceiver(redcumbre) readonly receiver!: Receiver<RedcumbreEvents>', ''],
  ['a private method', "@WebhookHandler(redcumbre, 'bhe.emitida') private issued(_: Issued) {}", ''],
  ['a misspelt event', "@WebhookHandler(redcumbre, 'bhe.emitidaa') issued() {}", /"bhe\.emitidaa"/],
  ['a misspelt event of many', "@WebhookHandler(stripe, 'invoice.payd') paid() {}", /"invoice\.payd"/],
  [
    'another event',
    "@WebhookHandler(redcumbre, 'bhe.emitida') issued(_: EventOf<RedcumbreEvents, 'tokenizacion.completada'>) {}",
    /not assignable/,
  ],
  [
    'a field that is not there',
    "@WebhookHandler(redcumbre, 'bhe.emitida') issued({ payload }: Issued) { return payload.total }",
    /'total' does not exist/,
  ],
  [
    'another payload',
    "@WebhookHandler(redcumbre, 'bhe.emitida') issued(_: { payload: { folioSii: number } }) {}",
    /not assignable/,
  ],
  [
    'a third parameter',
    "@WebhookHandler(redcumbre, 'bhe.emitida') issued(_: Issued, __: HandlerContext, more: string) { return more }",
    /not assignable/,
  ],
  [
    'no method',
    "@WebhookHandler(redcumbre, 'bhe.emitida') issued = 1",
    /Unable to resolve signature|not assignable|Expected/,
  ],
  ['a name for a provider', "@WebhookHandler('redcumbre', 'bhe.emitida') issued() {}", /not assignable/],
]

/** Statements of modules. */
const modules: readonly (readonly [name: string, code: string, error: RegExp | ''])[] = [
  [
    'options',
    "export const a = AcuseModule.forRoot({ provider: redcumbre, secret: process.env['S'], inbox: memoryInbox(), concurrency: 3 })",
    '',
  ],
  [
    'two secrets',
    "export const a = AcuseModule.forRoot({ provider: stripe, secret: { current: 'a', next: 'b' }, ack: 'handled' })",
    '',
  ],
  [
    'what a factory takes',
    "export const a = AcuseModule.forRoot({ provider: zenpli, secret: { hmac: 'key' } })",
    '',
  ],
  [
    'a typed handler',
    "export const a = AcuseModule.forRoot({ provider: redcumbre, secret: 's', on: { 'bhe.emitida': ({ payload }) => payload.montos.liquido.toFixed() } })",
    '',
  ],
  [
    'functions in the options of a generic factory',
    "export const a = AcuseModule.forRoot({ provider: github, secret: 's', observer: (seen) => void seen.type, orderingKey: ({ type }) => type })",
    '',
  ],
  [
    'an endpoint of a generic factory',
    "export const a = AcuseModule.forRoot({ ...other, secret: 's', path: '/x', on: { push: ({ payload }) => payload.ref.trim() } })",
    '',
  ],
  [
    'a factory',
    "export const a = AcuseModule.forRootAsync({ provider: redcumbre, endpoint: 'chile', inject: ['x'], useFactory: async (x: string) => ({ secret: x, path: '/x' }) })",
    '',
  ],
  [
    'a misspelt option',
    "export const a = AcuseModule.forRoot({ provider: redcumbre, secret: 's', concurency: 3 })",
    /concurency/,
  ],
  [
    'an inbox with ack handled',
    "export const a = AcuseModule.forRoot({ provider: redcumbre, secret: 's', ack: 'handled', inbox: memoryInbox() })",
    /not assignable/,
  ],
  [
    'a secret of another kind',
    'export const a = AcuseModule.forRoot({ provider: redcumbre, secret: 7 })',
    /not assignable/,
  ],
  [
    'no secret',
    'export const a = AcuseModule.forRootAsync({ provider: redcumbre, useFactory: () => ({}) })',
    /not assignable/,
  ],
  [
    'an endpoint too late',
    "export const a = AcuseModule.forRootAsync({ provider: redcumbre, useFactory: () => ({ secret: 's', endpoint: 'chile' }) })",
    /'string' is not assignable to type 'undefined'/,
  ],
]

const cases = [
  ...members.map(([name, code, error]) => [name, `export class Subject {\n${code}\n}`, error] as const),
  ...modules,
]
let errors = ''

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const unused =
    'void [InjectReceiver, UnknownWebhookHandler, WebhookHandler, WebhookResponder, AcuseModule, memoryInbox, github, redcumbre, stripe, zenpli, chile, other]'
  for (const [at, [, code]] of cases.entries())
    writeFileSync(join(folder, `case-${at}.ts`), `${imports}${unused}\n${code}\n`)
  errors = typeErrors([folder]).get(folder) ?? 'It was not checked'
})

function errorsOf(at: number): string {
  const each = errors.split(/^(?=\S+\.ts\()/m)
  return each.filter((text) => text.startsWith(`case-${at}.ts`)).join('')
}

describe('the compiler', () => {
  it.each(
    cases.map(([name, , error], at) => [error === '' ? 'accepts' : 'refuses', name, error, at] as const),
  )('%s %s', (_verdict, _name, error, at) => {
    if (error === '') expect(errorsOf(at)).toBe('')
    else expect(errorsOf(at)).toMatch(error)
  })
})
