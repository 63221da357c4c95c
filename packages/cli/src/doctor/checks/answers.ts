import type { Check } from '../check.ts'
import type { Evidence } from '../evidence.ts'
import type { Examined, Exchange } from '../examined.ts'
import { type Answer, constantPart } from '../http.ts'
import { signatureOf } from '../signature.ts'

/** What runtimes print of an error: Node, Python, Java, Go, PHP, Ruby. */
const stacks = [
  /\.[cm]?[jt]sx?:\d+:\d+/,
  /\(node:internal\//,
  /Traceback \(most recent call last\)/,
  /node_modules\//,
  /Exception in thread/,
  /\.(?:go|java|php|py|rb):\d+/,
]

function stackIn(text: string): string | undefined {
  return stacks.flatMap((stack) => stack.exec(text)?.[0] ?? [])[0]
}

function textOf({ body, headers }: Answer): string {
  return `${body}\n${Object.values(headers).join('\n')}`
}

/** The exchanges whose answer holds something, once for each text. */
function holding(
  exchanges: readonly Exchange[],
  find: (exchange: Exchange) => string | undefined,
): Evidence[] {
  const found = new Map<string, Evidence>()
  for (const exchange of exchanges) {
    const excerpt = find(exchange)
    const { status } = exchange.answer
    if (excerpt !== undefined && found.size < 3)
      found.set(excerpt, { probe: exchange.probe, came: { status, excerpt: excerpt.slice(0, 80) } })
  }
  return [...found.values()]
}

/** A secret, as it may be written. */
function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8')
  const bare = secret.replace(/^whsec_/, '')
  return [secret, bare, bytes.toString('hex'), bytes.toString('base64')].filter((each) => each.length >= 8)
}

/** Whether a text holds a secret; never which. */
function holdsSecret(text: string, secrets: readonly string[]): boolean {
  return secrets.some((secret) => spellingsOf(secret).some((each) => text.includes(each)))
}

function isRefused({ answer }: Exchange): boolean {
  return (answer.status ?? 0) >= 400
}

/** The signature that a refused request should have had, where its answer tells it. */
function toldSignature({ subject }: Examined, { event, request, answer }: Exchange): string | undefined {
  if (!event || !subject.signsBytes) return undefined
  const right = signatureOf(subject.provider, subject.sign(event, request.body))?.text
  const sent = signatureOf(subject.provider, request)?.text
  return right !== undefined && right !== sent && textOf(answer).includes(right) ? right : undefined
}

function echoed({ event, answer, probe }: Exchange): string | undefined {
  const text = textOf(answer)
  if (probe === 'body-garbage-unsigned' && text.includes('this is no JSON')) return 'this is no JSON'
  if (!forgeries.has(probe)) return undefined
  return [...(event?.tokens ?? [])].find((token) => text.includes(token))
}

/** What answers tell a stranger: all that came is looked at. */
export const answers: readonly Check[] = [
  {
    code: 'secret-answered',
    severity: 'critical',
    when: 'last',
    run: async ({ exchanges, secrets }) =>
      holding(exchanges, ({ answer }) => (holdsSecret(textOf(answer), secrets) ? '…' : undefined)),
  },
  {
    code: 'signature-answered',
    severity: 'critical',
    when: 'last',
    run: async (examined) =>
      holding(examined.exchanges.filter(isRefused), (exchange) => toldSignature(examined, exchange)),
  },
  {
    code: 'stack-answered',
    severity: 'medium',
    when: 'last',
    run: async ({ exchanges }) => holding(exchanges, ({ answer }) => stackIn(textOf(answer))),
  },
  {
    code: 'body-echoed',
    severity: 'low',
    when: 'last',
    run: async ({ exchanges }) => holding(exchanges.filter(isRefused), echoed),
  },
  {
    code: 'reasons-told',
    severity: 'low',
    when: 'last',
    async run({ exchanges }) {
      const told = new Map<string, Evidence>()
      for (const { probe, answer } of exchanges) {
        if (!forgeries.has(probe) || answer.status === undefined) continue
        const text = `${answer.status} ${constantPart(answer)}`
        if (!told.has(text))
          told.set(text, { probe, came: { status: answer.status, excerpt: answer.body.slice(0, 60) } })
      }
      return told.size > 1 ? [...told.values()].slice(0, 4) : []
    },
  },
  {
    code: 'secret-logged',
    severity: 'high',
    needs: ['output'],
    when: 'last',
    async run({ output, secrets }) {
      const line = output?.()
        .split('\n')
        .find((each) => holdsSecret(each, secrets))
      if (line === undefined) return []
      const hidden = secrets.flatMap(spellingsOf).reduce((text, each) => text.replaceAll(each, '…'), line)
      return [{ probe: 'output', came: { excerpt: hidden.slice(0, 80) } }]
    },
  },
]

const forgeries: ReadonlySet<string> = new Set([
  'missing-signature',
  'malformed-signature',
  'tampered-body',
  'blank-signature',
  'wrong-signature',
])
