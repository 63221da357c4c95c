import type { Provider } from '@acuse/core'
import type { Part, Value } from '@acuse/core/provider-kit'
import type { CatalogueEntry } from '../../packages/cli/src/catalogue/entry.ts'
import {
  type DescribedProvider,
  describe,
  makeToLookAt,
} from '../../packages/cli/src/commands/providers/describe.ts'
import { readSource, type Source } from './source.ts'

/** All that a page tells of a provider. */
export interface Facts extends DescribedProvider {
  readonly provider: Provider<object>
  readonly source: Source
  readonly key: CatalogueEntry['key']
  /** The headers of a signed request, as they are sent; empty where only the sender can make them. */
  readonly sent: Readonly<Record<string, string>>
  /** Whether the type stands where nothing signs it. */
  readonly isTypeUnsigned: boolean
  /** The options that a sender needs. */
  readonly sendOptions: readonly string[]
  /** An event that has a sample. */
  readonly sample: string
}

/** The moment that the examples are signed at. */
const moment = new Date('2026-11-27T12:00:00Z')

/** Gathers what a page tells. */
export async function factsOf(name: string, entry: CatalogueEntry): Promise<Facts> {
  const provider = await makeToLookAt(entry)
  const source = readSource(name)
  const samples = Object.keys((await provider.sending?.samples()) ?? {})
  return {
    ...(await describe(name, entry)),
    provider,
    source,
    key: entry.key,
    sent: await signed(provider),
    isTypeUnsigned: isTypeUnsigned(provider),
    sendOptions: Object.entries(entry.options ?? {}).flatMap(([option, { required = [], example }]) =>
      required.includes('send') ? [`--option ${option}=${example}`] : [],
    ),
    sample: samples.includes(source.event) ? source.event : (samples[0] ?? source.event),
  }
}

/** The headers of a request of a sender that has the same secret as the receiver. */
async function signed({ scheme }: Provider<object>): Promise<Record<string, string>> {
  // What a sender makes anew for each request stands for itself on a page that is made again.
  const given = { 'svix-id': 'msg_2b9c', 'webhook-id': 'msg_2b9c', 'x-request-id': 'req-1' }
  try {
    return (
      scheme.sign?.(Buffer.from('{}'), { at: moment, headers: given, url: 'https://app.example.cl/' }) ?? {}
    )
  } catch {
    return {}
  }
}

function isTypeUnsigned({ scheme, eventRules = [] }: Provider<object>): boolean {
  const names = scheme.signs.flatMap((part: Part) => ('header' in part ? [part.header.toLowerCase()] : []))
  const types: readonly Value[] = eventRules.flatMap(({ type }) => type)
  return types.some((value) => 'header' in value && !names.includes(value.header.toLowerCase()))
}
