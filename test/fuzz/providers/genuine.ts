import type { JsonObject } from '@acuse/core'
import type { Random } from '../random.ts'
import type { ProviderDraft } from './seen.ts'
import type { Sender } from './sender.ts'

/** A payload of an event, before it is stamped. */
export interface Sample {
  readonly event: string
  readonly payload: JsonObject
}

/** A request that is right, before anything is changed. */
export interface Genuine {
  readonly sender: Sender
  /** When it was signed. */
  readonly at: Date
  readonly isGreeting: boolean
  readonly request: ProviderDraft
  /** The same before it was proven. */
  readonly unproven: ProviderDraft
}

/** The samples that a provider has. */
export async function samplesOf({ provider, name }: Sender): Promise<readonly Sample[]> {
  const samples: Readonly<Record<string, unknown>> = (await provider.sending?.samples()) ?? {}
  const found = Object.entries(samples).map(([event, payload]) => ({ event, payload: payload as JsonObject }))
  if (found.length === 0) throw new Error(`${name} has no sample`)
  return found
}

/** A copy that mutations may change. */
export function copyOf({ method, url, headers, body }: ProviderDraft): ProviderDraft {
  return { method, url, headers: headers.map(([name, value]) => [name, value]), body }
}

const atOnce = [1, 1, 1, 1, 2, 3, 20]

/** A delivery of a sample as the provider sends it at a time, or of as many as a list may hold. */
export function delivery(
  sender: Sender,
  samples: readonly Sample[],
  at: Date,
  random: Random,
  count: number = sender.isBatch ? random.pick(atOnce) : 1,
): Genuine {
  const { sending, path = '/' } = sender.provider
  const { event, payload } = random.pick(samples)
  const stamped = sending?.stamp?.(payload, at) ?? payload
  const encoded = sending?.encode?.(stamped)
  const own = Object.entries(sending?.headers?.(stamped, at, event) ?? {})
  const query = new URLSearchParams(sending?.query?.(stamped, at, event)).toString()
  const unproven: ProviderDraft = {
    method: 'POST',
    url: query === '' ? path : `${path}?${query}`,
    headers: [
      ['Host', 'hooks.example'],
      ['Content-Type', encoded?.mediaType ?? 'application/json'],
      ...own.map(([name, value]): [string, string] => [name, value]),
    ],
    body: repeated(Buffer.from(encoded?.body ?? JSON.stringify(stamped)), count),
  }
  return prove(sender, unproven, at, false)
}

/** A list with as many elements, each of them another one. */
function repeated(body: Buffer, count: number): Buffer {
  const text = body.toString()
  const end = text.trimEnd().length - 1
  if (count === 1 || !text.startsWith('[') || text[end] !== ']') return body
  const element = text.slice(1, end)
  const others = Array.from({ length: count - 1 }, (_, at) => element.replace(/("\w*id\w*":")/i, `$1n${at}-`))
  return Buffer.from(`[${[element, ...others].join()}]${text.slice(end + 1)}`)
}

/** A request that asks who we are. */
export function greeting(sender: Sender, at: Date, random: Random): Genuine {
  const { greetings, provider } = sender
  const bare: ProviderDraft = {
    method: 'POST',
    url: provider.path ?? '/',
    headers: [['Host', 'hooks.example']],
    body: Buffer.alloc(0),
  }
  return prove(sender, greetings?.make(random, bare) ?? bare, at, true)
}

function prove(sender: Sender, unproven: ProviderDraft, at: Date, isGreeting: boolean): Genuine {
  const request = copyOf(unproven)
  if (!isGreeting || (sender.greetings?.isProven && request.method === 'POST')) sender.proof.sign(request, at)
  return { sender, at, isGreeting, request, unproven }
}
