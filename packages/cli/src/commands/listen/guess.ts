import { catalogue } from '../../catalogue/catalogue.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { makeToLookAt } from '../providers/describe.ts'

/** Headers that anybody may send. */
const common: ReadonlySet<string> = new Set([
  'authorization',
  'content-type',
  'x-signature',
  'x-api-key',
  'signature',
])

interface Mark {
  readonly name: string
  /** Headers of its proof that are its own. */
  readonly proofs: readonly string[]
}

let marks: Promise<readonly Mark[]> | undefined

/** The providers of the catalogue whose headers a request carries; those that share headers are all named. */
export async function guessProviders(headers: Exchange['headers']): Promise<readonly string[]> {
  marks ??= loadMarks()
  const there = new Set(headers.map(([name]) => name.toLowerCase()))
  return (await marks)
    .filter(({ proofs }) => proofs.length > 0 && proofs.every((name) => there.has(name)))
    .map(({ name }) => name)
}

async function loadMarks(): Promise<readonly Mark[]> {
  return Promise.all(
    Object.entries(catalogue).map(async ([name, entry]) => {
      const { scheme } = await makeToLookAt(entry)
      const signed = scheme.signs.flatMap((part) => ('header' in part ? [String(part.header)] : []))
      const all = [...(scheme.headers ?? []), ...signed].map((each) => each.toLowerCase())
      return { name, proofs: [...new Set(all)].filter((each) => !common.has(each)) }
    }),
  )
}
