import type { Fault } from '@acuse/sender'
import type { EffectCounter } from './effects.ts'
import type { Evidence, ProbeName } from './evidence.ts'
import { type Answer, type Outgoing, send } from './http.ts'
import { type ReceiverProcess, takesConnections } from './receiver-process.ts'
import type { MadeEvent, Subject } from './subject.ts'

/** A request, and what came of it. */
export interface Exchange {
  readonly probe: ProbeName
  readonly request: Outgoing
  readonly answer: Answer
  readonly event: MadeEvent | undefined
}

/** The probe after which the receiver was gone, and whether only the holder of the key can send it. */
interface Death {
  readonly probe: ProbeName
  readonly isSigned: boolean
}

/** What every check has of the receiver that is examined. */
export interface Examined {
  readonly subject: Subject
  /** The longest wait for an effect, and for an answer to a body that does not end, in milliseconds. */
  readonly patienceMs: number
  /** The longest wait for an answer, in milliseconds: the provider's. */
  readonly timeoutMs: number
  /** What must not be shown. */
  readonly secrets: readonly string[]
  /** Aborted when the user has seen enough. */
  readonly signal: AbortSignal
  /** Everything that was sent, in order. */
  readonly exchanges: readonly Exchange[]
  /** The probes after which the receiver was gone. */
  readonly deaths: readonly Death[]
  readonly counter: EffectCounter | undefined
  readonly receiver: ReceiverProcess | undefined
  /** What the receiver printed, where it was started. */
  readonly output: (() => string) | undefined
  /** Sends, and keeps what came. */
  send(probe: ProbeName, request: Outgoing, event?: MadeEvent): Promise<Answer>
  /** Whether the receiver is there; one that died is started again, where the doctor can, and its death is kept. */
  revive(death: Death): Promise<boolean>
  /** Keeps what came of a request that was sent in another way. */
  record(exchange: Exchange): void
  /** What several checks share is done once. */
  once<Value>(name: string, make: () => Promise<Value>): Promise<Value>
}

/** What an examination is made of. */
export type ExaminedParts = Omit<Examined, 'send' | 'record' | 'revive' | 'once' | 'exchanges' | 'deaths'>

/** @returns what checks are given */
export function createExamined(parts: ExaminedParts): Examined {
  const exchanges: Exchange[] = []
  const deaths: Death[] = []
  const shared = new Map<string, Promise<unknown>>()
  return {
    ...parts,
    exchanges,
    deaths,
    async send(probe, request, event) {
      const answer = await send(request, parts.timeoutMs)
      exchanges.push({ probe, request, answer, event })
      return answer
    },
    async revive(death) {
      if (await takesConnections(parts.subject.url)) return true
      deaths.push(death)
      return (await parts.receiver?.start()) ?? false
    },
    record: (exchange) => void exchanges.push(exchange),
    once<Value>(name: string, make: () => Promise<Value>) {
      const made = shared.get(name) ?? make()
      shared.set(name, made)
      // Each name is of one value.
      return made as Promise<Value>
    },
  }
}

/** An answer as evidence. */
export function toEvidence(probe: ProbeName, { status, failure, durationMs }: Answer): Evidence {
  return { probe, came: { status, failure, durationMs } }
}

/** An event with a fault; `undefined`: the fault makes no sense for this sender. */
export async function faulty({ subject }: Examined, fault: Fault): Promise<MadeEvent | undefined> {
  try {
    return await subject.withFault(fault)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}
