import { generateKeyPairSync } from 'node:crypto'
import type { Provider } from '@acuse/core'
import type { CatalogueEntry } from '../../catalogue/entry.ts'
import { variableOf } from '../../provider/resolve-provider.ts'

/** What is told of a provider: the answer of `--json`. */
export interface DescribedProvider {
  readonly name: string
  readonly title: string
  readonly proof: string
  /** What the proof covers, in order; empty: nothing. */
  readonly signs: readonly string[]
  readonly path: string
  /** Absent: any name is an event. */
  readonly events?: readonly string[]
  readonly batch: boolean
  readonly handshake: readonly string[]
  /** The waits before each attempt, in milliseconds. */
  readonly attemptDelaysMs: readonly number[]
  readonly timeoutMs: number | undefined
  readonly variables: { readonly receive: string; readonly send: string }
  readonly options: readonly { readonly name: string; readonly example: string; readonly required: boolean }[]
}

/** Describes a provider by what it is: it is made with a secret that nobody uses. */
export async function describe(name: string, entry: CatalogueEntry): Promise<DescribedProvider> {
  const provider = await makeToLookAt(entry)
  const { scheme, path, events, items, handshakes = [], sending } = provider
  const eventNames = Array.isArray(events) ? events : Object.keys(events ?? {})
  return {
    name,
    title: entry.title,
    proof: entry.proof,
    signs: scheme.signs.map(toPartName).filter((part) => part !== ''),
    path,
    ...(events === undefined ? undefined : { events: eventNames }),
    batch: items !== undefined,
    handshake: [...new Set(handshakes.map(({ method }) => method))],
    attemptDelaysMs: sending?.attemptDelaysMs ?? [],
    timeoutMs: sending?.timeoutMs,
    variables: { receive: variableOf(name, entry, 'receive'), send: variableOf(name, entry, 'send') },
    options: Object.entries(entry.options ?? {}).map(([option, { example, required = [] }]) => ({
      name: option,
      example,
      required: required.length > 0,
    })),
  }
}

/** The provider of an entry, made from what nobody uses: its data are those of the real one. */
export async function makeToLookAt(entry: CatalogueEntry): Promise<Provider<object>> {
  const required = Object.entries(entry.options ?? {}).flatMap(([option, { example, required: by = [] }]) =>
    by.includes('receive') ? [[option, example] as const] : [],
  )
  const secret =
    entry.placeholder ??
    (entry.key === 'public-key' ? publicPem(entry) : 'look-at-8d4f0c1be2a79356d8b1c4e07a92f35d')
  const make = await entry.load()
  return make({ role: 'receive', secrets: [secret], options: Object.fromEntries(required) })
}

function publicPem({ proof }: CatalogueEntry): string {
  const { publicKey } =
    proof === 'Ed25519'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  return publicKey.export({ type: 'spki', format: 'pem' }).toString()
}

function toPartName(part: object): string {
  if ('raw' in part) return String(part.raw)
  if ('header' in part) return String(part.header).toLowerCase()
  if ('query' in part) return `?${part.query}`
  if ('field' in part) return String(part.field)
  if ('body' in part) return `body.${part.body}`
  if ('publicUrl' in part) return 'publicUrl'
  return 'text' in part ? '' : (Object.keys(part)[0] ?? '')
}
