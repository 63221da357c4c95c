import type { Signed } from '../cases.ts'
import type { Random } from '../random.ts'
import { mutationGroups } from '../request-mutations.ts'
import { signatureMutations } from '../signature-mutations.ts'
import type { Genuine } from './genuine.ts'
import { payloadMutations } from './payload-mutations.ts'
import { queryMutations, requestMutations } from './request-mutations.ts'
import { headersOf, type ProviderDraft, setHeader } from './seen.ts'

/** What mutations may draw from. */
export interface Sources extends Signed {
  /** What stands before the proof in its header, such as `t=1795633156,`. */
  readonly lead: string
  /** Another genuine request of the same sender. */
  readonly other: Genuine
}

/** Changes a request in place. */
export type ProviderMutation = (draft: ProviderDraft, random: Random, sources: Sources) => void

type Named = readonly (readonly [name: string, mutate: ProviderMutation])[]

/** Parts of another genuine request. */
const spliceMutations: Readonly<Record<string, ProviderMutation>> = {
  'the body of another'(draft, _, { other }) {
    draft.body = other.request.body
  },
  'the query of another'(draft, _, { other }) {
    draft.url = other.request.url
  },
  'the proof of another': (draft, _, { other, subject }) => {
    const [value] = headersOf(other.request, subject.header)
    if (value !== undefined) setHeader(draft, subject.header, value)
  },
  'a header of another'(draft, random, { other }) {
    const [name, value] = random.pick(other.request.headers)
    setHeader(draft, name, value)
  },
  'all headers of another'(draft, _, { other }) {
    draft.headers = other.request.headers.map(([name, value]) => [name, value])
  },
  'the method of another'(draft, _, { other }) {
    draft.method = other.request.method
  },
}

const payloadGroup: Named = Object.entries(payloadMutations).map(([name, mutate]) => [
  `payload: ${name}`,
  (draft, random) => {
    draft.body = mutate(draft.body, random)
  },
])
const signatureGroup: Named = Object.entries(signatureMutations).map(([name, mutate]) => [
  `signature: ${name}`,
  (draft, random, sources) => {
    const { subject, lead } = sources
    const header = draft.headers.find(([each]) => each.toLowerCase() === subject.header)
    if (header) header[1] = lead + mutate(sources, random)
  },
])
const requestGroup: Named = group('request', requestMutations)
const queryGroup: Named = group('query', queryMutations)

function group(name: string, mutations: Readonly<Record<string, ProviderMutation>>): Named {
  return Object.entries(mutations).map(([each, mutate]) => [`${name}: ${each}`, mutate])
}

/** After a request was proven: each group is as likely as the others. */
export const forgingGroups: readonly Named[] = [
  signatureGroup,
  ...mutationGroups.slice(1),
  payloadGroup,
  requestGroup,
  queryGroup,
  group('splice', spliceMutations),
]

/** Before it is proven: what the sender itself might send, or who stole its key. */
export const sendingGroups: readonly Named[] = [payloadGroup, payloadGroup, requestGroup, queryGroup]
