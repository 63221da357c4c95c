import { everyProvider } from '../../providers/every-provider.ts'
import type { Random } from '../random.ts'
import { bodySenders } from './body-senders.ts'
import { datedSenders } from './dated-senders.ts'
import { keyPairSenders } from './key-pair-senders.ts'
import { keySenders } from './key-senders.ts'
import { type Sender, secretsFrom } from './sender.ts'
import { urlSenders } from './url-senders.ts'

/**
 * Every provider of the catalogue, and those of their proofs that differ, with fresh keys.
 * @throws Error where a provider of the catalogue is not among them
 */
export function createSenders(random: Random): readonly Sender[] {
  const secrets = secretsFrom(random)
  const senders = [
    ...bodySenders(secrets),
    ...datedSenders(secrets),
    ...urlSenders(secrets),
    ...keySenders(secrets),
    ...keyPairSenders(),
  ]
  const here = new Set(senders.map(({ name }) => name))
  const missing = Object.keys(everyProvider).filter((name) => !here.has(name))
  if (missing.length === 0) return senders
  throw new Error(`The catalogue has providers that are not fuzzed: ${missing.join(', ')}`)
}
