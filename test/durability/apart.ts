import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../fuzz/random.ts'
import { secret } from '../processes/fleet.ts'
import type { Row } from '../support/report.ts'
import { type Campaign, none, told } from './campaign.ts'
import { type InboxKind, isEmpty, placeOf, until } from './deliveries.ts'
import { HandledLog } from './handled-log.ts'
import { type Sending, startSenders } from './senders.ts'
import { soundness, untilHandled } from './soundness.ts'
import { partyOf, type Victim } from './victim.ts'

/** How often which process is ended, how hard it is sent to. */
interface Form extends Pick<Sending, 'width' | 'secondMs'> {
  readonly ends: number
  /** The longest time between two ends, in milliseconds. */
  readonly upMs: number
}

const forms: Readonly<Record<'short' | 'long', Form>> = {
  short: { ends: 4, width: 8, upMs: 600, secondMs: 250 },
  long: { ends: 50, width: 32, upMs: 2_000, secondMs: 100 },
}
const drainMs = 30_000

/** The processes that share an inbox. */
interface Cast {
  /** The environment of each, beside what all have. */
  readonly parts: readonly Readonly<Record<string, string>>[]
  /** How a process is ended. */
  readonly signals: readonly NodeJS.Signals[]
  readonly typeOf?: Sending['typeOf']
}

/** One process receives and another handles; `bare`: the one that receives says nothing of it. */
export function apart(kind: InboxKind, web: 'web' | 'bare'): Campaign {
  const says = web === 'web' ? '`work: false`' : 'nothing'
  return {
    name: `apart-${web}-${kind}`,
    what: `a process without handlers, which says ${says}, receives, another handles; both are killed`,
    run: (form, seed) =>
      endInTurns(kind, forms[form], seed, {
        parts: [{ ROLE: web }, { ROLE: 'worker' }],
        signals: ['SIGKILL'],
      }),
  }
}

/** A deployment that adds a handler: for a while, processes without it and with it share the inbox. */
export function rolling(kind: InboxKind): Campaign {
  return {
    name: `rolling-${kind}`,
    what: 'old and new processes side by side, the old without the handler of half of the events; each is replaced again and again',
    run: (form, seed) =>
      endInTurns(kind, forms[form], seed, {
        parts: [{ ON: 'bhe.emitida' }, { ON: 'bhe.emitida,bhe.pdf_sii_fallido' }],
        signals: ['SIGTERM', 'SIGKILL'],
        typeOf: (n) => (n % 2 === 0 ? 'bhe.emitida' : 'bhe.pdf_sii_fallido'),
      }),
  }
}

async function endInTurns(kind: InboxKind, form: Form, seed: number, cast: Cast): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-apart-'))
  const place = await placeOf(kind)
  const log = new HandledLog(join(folder, 'handled'))
  const shared = { SECRET: secret, INBOX: place.setting, HANDLED_LOG: log.path }
  const parties = await Promise.all(cast.parts.map((env) => partyOf({ ...shared, ...env })))
  try {
    for (const party of parties) await party.start()
    const ports = parties.filter((_, at) => cast.parts[at]?.['ROLE'] !== 'worker').map(({ port }) => port)
    const senders = startSenders({ ...form, ports, ...(cast.typeOf && { typeOf: cast.typeOf }) })
    await endAll(parties, form, seed, cast.signals)
    await senders.stop()
    await untilHandled(log, senders.sent.acknowledged)
    const inbox = place.open()
    await until(() => isEmpty(inbox), drainMs)
    const { waiting, leased, delayed, dead } = await inbox.stats()
    return [
      told('processes ended and started again', form.ends),
      ...soundness(senders.sent, log),
      none('waiting, leased or delayed in the end', waiting + leased + delayed),
      none('dead letters', dead),
      none('processes that ended by themselves', parties.flatMap(({ crashes }) => crashes).length),
    ]
  } finally {
    await Promise.all(parties.map((party) => party.kill()))
    await place.remove()
    rmSync(folder, { recursive: true })
  }
}

async function endAll(
  parties: readonly Victim[],
  form: Form,
  seed: number,
  signals: readonly NodeJS.Signals[],
): Promise<void> {
  const random = createRandom(seed)
  for (let ends = 0; ends < form.ends; ends++) {
    await sleep(50 + random.below(form.upMs))
    const party = parties[ends % parties.length] as Victim
    await party.kill(random.pick(signals))
    await party.start()
  }
}
