import type { Clock, Inbox } from '@acuse/core'
import { type ContractCase, providerContract } from '@acuse/core/testing'
import type { CatalogueEntry } from './every-provider.ts'

/** Cases of what an inbox remembers; the others are of requests, which no inbox sees. */
const needs = ['retry', 'batch', 'volatile']
const always = 'takes two events of one name for two'

/** The cases of a provider's suite that depend on the inbox, and that its data do not leave out. */
export function retryCases(entry: CatalogueEntry, inbox: (clock: Clock) => Inbox): readonly ContractCase[] {
  const { secret, without, ...made } = entry
  const cases = providerContract({ ...made, secrets: [secret(), secret()], inbox }, without)
  const depends = ({ name, needs: its }: ContractCase) =>
    name === always || its.some((each) => needs.includes(each))
  return cases.filter((each) => each.leftOut === undefined && depends(each))
}
