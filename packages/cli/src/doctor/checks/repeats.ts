import type { Check } from '../check.ts'
import type { CheckCode, CheckOutcome, Evidence, ProbeName } from '../evidence.ts'
import { type Examined, toEvidence } from '../examined.ts'
import { type Answer, constantPart, isAccepted, type Outgoing } from '../http.ts'
import { asTexts, type MadeEvent, valueAt } from '../subject.ts'
import { counterOf } from './needs.ts'

/** What came of copies of one event. */
interface Copies {
  readonly first: Answer
  readonly copies: readonly Answer[]
  readonly runs: number
}

/** An event, and when it has run two copies of it. */
function sendCopies(examined: Examined): Promise<Copies> {
  return examined.once('copies', async () => {
    const { subject } = examined
    const counter = counterOf(examined)
    const since = await counter.since()
    const event = subject.make()
    const first = await examined.send('valid', event.request, event)
    await counter.missing([event], since)
    const copies = [
      await examined.send('copy', event.request, event),
      await examined.send('copy', event.request, event),
    ]
    await counter.settle()
    return { first, copies, runs: await counter.runsOf([event], since) }
  })
}

/** Whether a receiver knew the copies: it answers them, and they are answered in another way than the first. */
function isRecognised({ first, copies }: Copies): boolean {
  return copies.every(
    (copy) =>
      copy.status !== undefined &&
      (copy.status !== first.status || constantPart(copy) !== constantPart(first)),
  )
}

/** Sends an event, waits until it has run, and then sends it again as a request that nobody has sent yet. */
async function runAgain(
  examined: Examined,
  probe: ProbeName,
  toAgain: (event: MadeEvent) => Outgoing | undefined,
): Promise<CheckOutcome> {
  const counter = counterOf(examined)
  const since = await counter.since()
  const event = examined.subject.make()
  const again = toAgain(event)
  if (again === undefined) return 'does-not-apply'
  // A receiver may note an effect under an id that is fresh.
  for (const value of Object.values(asTexts(again.headers)))
    if (/[0-9a-f]{8}-[0-9a-f]{4}-/.test(value)) event.tokens.add(value)
  await examined.send('valid', event.request, event)
  await counter.missing([event], since)
  const answer = await examined.send(probe, again, event)
  await counter.settle()
  const runs = await counter.runsOf([event], since)
  return runs > 1 ? [{ probe, came: { ...toEvidence(probe, answer).came, runs } }] : []
}

/** Headers that nobody signs, by name in lower case; not those that say how to read the body. */
function unsignedHeaders({ subject: { provider } }: Examined, { request }: MadeEvent): string[] {
  const { scheme } = provider
  const signed = scheme.signs.flatMap((part) => ('header' in part ? [part.header.toLowerCase()] : []))
  const kept = ['content-type', ...signed, ...(scheme.headers ?? [])]
  return Object.keys(request.headers).filter((name) => !kept.includes(name))
}

function withFreshIds(examined: Examined, event: MadeEvent): Outgoing | undefined {
  if (examined.subject.provider.scheme.signs.length === 0) return undefined
  const names = ['x-session-id', 'x-request-id', 'idempotency-key', ...unsignedHeaders(examined, event)]
  const fresh = names
    .filter((name) => asTexts(event.request.headers)[name] !== event.name)
    .map((name) => [name, crypto.randomUUID()] as const)
  return { ...event.request, headers: { ...event.request.headers, ...Object.fromEntries(fresh) } }
}

/** Under another name, where an unsigned header states it. */
function withOtherName(examined: Examined, event: MadeEvent): Outgoing | undefined {
  const { names } = examined.subject
  const other = names.find((name) => name !== event.name)
  const [header] = unsignedHeaders(examined, event).filter(
    (name) => asTexts(event.request.headers)[name] === event.name,
  )
  if (header === undefined || other === undefined) return undefined
  return { ...event.request, headers: { ...event.request.headers, [header]: other } }
}

const runTwice: readonly CheckCode[] = ['duplicate-run', 'effect-before-dedupe']
const atOnce = 10

/** What comes again. */
export const repeats: readonly Check[] = [
  {
    code: 'duplicate-run',
    severity: 'high',
    needs: ['effects'],
    async run(examined) {
      const sent = await sendCopies(examined)
      if (sent.runs <= 1 || isRecognised(sent)) return []
      return [{ probe: 'copies', came: { status: sent.copies[0]?.status, runs: sent.runs } }]
    },
  },
  {
    code: 'effect-before-dedupe',
    severity: 'high',
    needs: ['effects'],
    async run(examined) {
      const sent = await sendCopies(examined)
      if (sent.runs <= 1 || !isRecognised(sent)) return []
      const { status, body } = sent.copies[0] ?? sent.first
      return [{ probe: 'copies', came: { status, runs: sent.runs, excerpt: body.slice(0, 60) } }]
    },
  },
  {
    code: 'duplicate-refused',
    severity: 'medium',
    needs: ['effects'],
    unless: runTwice,
    async run(examined) {
      const { first, copies } = await sendCopies(examined)
      if (!isAccepted(first)) return []
      return copies.filter((copy) => !isAccepted(copy)).map((copy) => toEvidence('copy', copy))
    },
  },
  {
    code: 'concurrent-duplicates-run',
    severity: 'high',
    needs: ['effects'],
    unless: runTwice,
    async run(examined) {
      const counter = counterOf(examined)
      const evidence: Evidence[] = []
      for (let round = 0; round < 3 && evidence.length === 0; round++) {
        const since = await counter.since()
        const event = examined.subject.make()
        await Promise.all(
          Array.from({ length: atOnce }, () => examined.send('copies-at-once', event.request, event)),
        )
        await examined.send('copy', event.request, event)
        await counter.missing([event], since)
        await counter.settle()
        const runs = await counter.runsOf([event], since)
        if (runs > 1) evidence.push({ probe: 'copies-at-once', came: { runs } })
      }
      return evidence
    },
  },
  {
    code: 'resigned-retry-run',
    severity: 'high',
    needs: ['effects'],
    unless: runTwice,
    run: (examined) => runAgain(examined, 'resigned', (event) => examined.subject.repeat(event)),
  },
  {
    code: 'unsigned-id-trusted',
    severity: 'critical',
    needs: ['effects'],
    unless: runTwice,
    run: (examined) => runAgain(examined, 'fresh-ids', (event) => withFreshIds(examined, event)),
  },
  {
    code: 'renamed-type-run',
    severity: 'critical',
    needs: ['effects'],
    unless: runTwice,
    run: (examined) => runAgain(examined, 'renamed', (event) => withOtherName(examined, event)),
  },
  {
    code: 'distinct-events-merged',
    severity: 'high',
    needs: ['effects'],
    async run(examined) {
      const { subject } = examined
      const [path] = subject.idPaths.filter((each) => !isTime(valueAt(subject.make().payload, each)))
      if (path === undefined || !subject.isJson) return 'does-not-apply'
      const counter = counterOf(examined)
      const since = await counter.since()
      const { at } = subject.make()
      const pair = ['a', 'b'].map((suffix) => {
        const made = subject.make({ at, change: (payload) => withSuffix(payload, path, suffix) })
        // The time is of both.
        const own = String(valueAt(made.payload, path))
        return { ...made, tokens: new Set([...made.tokens].filter((token) => token === own)) }
      })
      // A receiver may know how an id looks.
      for (const event of pair)
        if (!isAccepted(await examined.send('same-time', event.request, event))) return 'does-not-apply'
      const missing = await counter.missing(pair, since)
      return missing === 0 ? [] : [{ probe: 'same-time', came: { runs: pair.length - missing } }]
    },
  },
]

function isTime(value: unknown): boolean {
  return typeof value !== 'string' || /^\d{4}-\d{2}-\d{2}T|^\d{10}(?:\d{3})?$/.test(value)
}

function withSuffix<Value>(payload: Value, [key = '', ...rest]: readonly string[], suffix: string): Value {
  const was: unknown = Reflect.get(Object(payload), key)
  const changed = rest.length === 0 ? `${String(was)}-${suffix}` : withSuffix(was, rest, suffix)
  return { ...payload, [key]: changed }
}
