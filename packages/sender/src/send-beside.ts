import { checkSigns } from './faults/body.ts'
import {
  type Address,
  type MadeRequest,
  makeRequest,
  repeatRequest,
  type WhatToSend,
} from './make-request.ts'
import { renamed } from './renamed.ts'
import type { SendReport } from './report.ts'
import type { Signer } from './signer.ts'

/** An event to send, and how. */
export interface SentBeside {
  readonly signer: Signer
  readonly to: Address
  readonly wanted: WhatToSend
  readonly made: MadeRequest
  /** With the attempts of the schedule, or so many. */
  readonly send: (made: MadeRequest, attempts?: number) => Promise<SendReport>
  readonly freshTime: () => Date
}

/** Sends an event, and what its faults say is sent beside it. */
export async function sendBeside(sent: SentBeside): Promise<SendReport> {
  const { made, wanted, send } = sent
  const beside = wanted.faults.findLast(({ sends }) => sends)?.sends
  if (beside === undefined) return send(made)
  if ('copies' in beside) {
    const all = Array.from({ length: beside.copies + 1 }, () => made)
    const reports = beside.atOnce
      ? await Promise.all(all.map((each) => send(each)))
      : await oneByOne(all, send)
    return withOthers(reports)
  }
  if (beside.again === 'overtaken') {
    // Some tell their events apart by nothing but whole seconds.
    const at = new Date(Math.max(sent.freshTime().getTime(), made.at.getTime() + 1_000))
    const next = await makeRequest(sent.signer, { ...wanted, at }, sent.to)
    const overtaking = await send(next)
    return { ...(await send(made)), others: [overtaking] }
  }
  const again = repeated(beside.again, sent)
  const first = await send(made)
  // Only its own sender tries again.
  return { ...first, others: [await send(again, beside.again === 'new-attempt' ? undefined : 1)] }
}

function repeated(how: 'fresh-headers' | 'renamed' | 'new-attempt', sent: SentBeside): MadeRequest {
  const { signer, made, wanted, to } = sent
  if (how !== 'new-attempt') checkSigns(signer.provider)
  if (how === 'new-attempt') return repeatRequest(signer, made, wanted, to)
  return { ...made, request: how === 'renamed' ? renamed(made, signer) : withFreshHeaders(sent) }
}

function withOthers([first, ...others]: readonly SendReport[]): SendReport {
  // There is one at least.
  return { ...(first as SendReport), others }
}

async function oneByOne(all: readonly MadeRequest[], send: SentBeside['send']): Promise<SendReport[]> {
  const reports: SendReport[] = []
  for (const each of all) reports.push(await send(each))
  return reports
}

const sessionHeaders = { 'x-session-id': '', 'x-request-id': '' }

/** Where nobody signs a header, and it does not say how to read the body, it has another value. */
function withFreshHeaders({ signer, made }: SentBeside): MadeRequest['request'] {
  const { scheme } = signer.provider
  const signed = scheme.signs.flatMap((part) => ('header' in part ? [part.header.toLowerCase()] : []))
  const kept = ['content-type', 'content-encoding', ...signed, ...(scheme.headers ?? [])]
  const fresh = Object.keys({ ...sessionHeaders, ...made.request.headers })
    .filter((name) => !kept.includes(name))
    .map((name) => [name, crypto.randomUUID()] as const)
  return { ...made.request, headers: { ...made.request.headers, ...Object.fromEntries(fresh) } }
}
