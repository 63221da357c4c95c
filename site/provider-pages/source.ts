import { readFileSync } from 'node:fs'

const root = new URL('../../', import.meta.url)

/** What the doc comment of a provider's factory gives: its example, and where the sender documents its webhooks. */
export interface Source {
  /** The statements before the receiver, such as `const publicUrl = …`, without imports. */
  readonly before: string
  /** The imports, without that of the core. */
  readonly imports: string
  /** The call that makes the provider, such as `stripe(process.env['STRIPE_WEBHOOK_SECRET'])`. */
  readonly call: string
  /** Whether the answer must come from handlers. */
  readonly isHandled: boolean
  /** The handlers. */
  readonly handlers: string
  /** The event of the first handler. */
  readonly event: string
  /** Addresses of the sender's documentation. */
  readonly documentation: readonly string[]
}

/** Where the factory of a name is, when it is not in the folder of that name. */
const elsewhere: { readonly [name: string]: string } = { 'khipu-1': 'khipu/khipu-old.ts' }

/** Reads the source of a provider. */
export function readSource(name: string): Source {
  const path = elsewhere[name] ?? `${name}/index.ts`
  const text = readFileSync(new URL(`packages/providers/src/${path}`, root), 'utf8')
  const comments = [...text.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\nexport function /gs)].map(([, each = '']) =>
    each.replace(/^ \* ?/gm, ''),
  )
  const comment = comments.find((each) => each.includes('createReceiver('))
  const [prose = '', example = ''] = comment?.split('@example') ?? []
  const [, from = ''] = prose.split(/^As of /m)
  const documentation = from.split(/^@/m)[0]?.match(/https:\/\/[^\s,;)]+/g) ?? []
  return { ...readExample(example), documentation: documentation.map((each) => each.replace(/\.$/, '')) }
}

function readExample(example: string): Omit<Source, 'documentation'> {
  const lines = example.trim().split('\n')
  const isImport = (line: string) => line.startsWith('import ')
  const imports = lines.filter((line) => isImport(line) && !/@acuse\/(core|sqlite)'/.test(line))
  const rest = lines.filter((line) => !isImport(line))
  const at = rest.findIndex((line) => line.startsWith('const receiver = createReceiver('))
  const [call, options] = readCall(rest[at] ?? '')
  const handlers = rest.slice(at + 1).join('\n')
  return {
    imports: imports.join('\n'),
    before: rest.slice(0, at).join('\n').trim(),
    call,
    isHandled: options.includes("ack: 'handled'"),
    handlers,
    event: /'([^']+)'/.exec(handlers)?.[1] ?? '',
  }
}

/** The two arguments of `createReceiver(…)` in a line: the second one is an object. */
function readCall(line: string): readonly [call: string, options: string] {
  const inside = line.slice(line.indexOf('createReceiver(') + 'createReceiver('.length, line.lastIndexOf(')'))
  const [, call = inside, options = ''] = /^(.*?)(?:, (\{ (?:ack|inbox): .*\}))$/.exec(inside) ?? []
  return [call, options]
}
