import { once } from 'node:events'
import { messageOf, usageError } from '../../command/cli-error.ts'
import { type Command, defineCommand } from '../../command/command.ts'
import type { Context } from '../../command/context.ts'
import { exitCodes } from '../../command/exit-code.ts'
import { printEvent, printLine, warn } from '../../command/print.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { KeepFile, keepPath } from '../../exchange/keep-file.ts'
import { resolveProvider, secretOptions } from '../../provider/resolve-provider.ts'
import { Deliveries, withoutSecrets } from './deliveries.ts'
import { Judge } from './judge.ts'
import { type LocalServer, startServer } from './local-server.ts'
import { show } from './show.ts'
import { texts } from './texts.ts'

/** `acuse listen`. */
export const listen: Command = defineCommand({
  name: 'listen',
  texts,
  options: {
    provider: { kind: 'list', value: 'NAME', complete: 'provider' },
    ...secretOptions,
    port: { kind: 'number', max: 65_535, default: 4400 },
    host: { kind: 'text', value: 'ADDRESS', default: '127.0.0.1' },
    forward: { kind: 'url' },
    fail: { kind: 'number', value: 'STATUS', min: 400, max: 599 },
    failRate: { kind: 'number', value: 'RATE', max: 1, fraction: true },
    delay: { kind: 'duration', default: 0 },
    keep: { kind: 'text', value: 'FILE', complete: 'file' },
  },
  examples: [
    'listen --provider stripe --forward http://127.0.0.1:3000/webhooks/stripe',
    'listen --provider redcumbre --fail 503 --fail-rate 0.3 --delay 2s',
  ],
  async run(context, { options }) {
    const { judges, secrets } = await toJudges(context, options)
    const file = new KeepFile(keepPath(context, options.keep))
    await file.open(context)
    const counts = { requests: 0, accepted: 0, duplicates: 0, refused: 0 }
    let server: LocalServer | undefined
    const { fail = options.failRate === undefined ? undefined : 500, failRate = 1 } = options
    const deliveries = new Deliveries(context, {
      judges,
      secrets,
      fail,
      failRate,
      forward: options.forward,
      delayMs: options.delay,
      base: () => server?.url ?? '',
      tell(exchange) {
        count(counts, exchange)
        const shown = withoutSecrets(exchange, secrets)
        if (context.json) printEvent(context, shown)
        else show(context, shown)
        server?.tell(shown)
        const own = texts[context.language]
        file.add(exchange).catch((error: unknown) => warn(context, own.notKept(messageOf(error))))
      },
    })
    const { host, port } = options
    server = await startServer({ host, port, language: context.language, deliver: deliveries.deliver })
    announce(context, server.url, judges, { host, kept: file.path })
    if (!context.signal.aborted) await once(context.signal, 'abort')
    await server.close()
    await Promise.all(judges.map((judge) => judge.close()))
    await file.settled()
    if (context.json) printEvent(context, { kind: 'summary', ...counts })
    else printLine(context, texts[context.language].ended(counts.requests, counts.accepted, counts.refused))
    return exitCodes.ok
  },
})

async function toJudges(
  context: Context,
  options: Parameters<typeof resolveProvider>[2] & { readonly provider: readonly string[] },
) {
  const use = { role: 'receive', isOnly: options.provider.length === 1 } as const
  const resolved = await Promise.all(
    options.provider.map((name) => resolveProvider(context, name, options, use)),
  )
  const judges = resolved.map((each) => new Judge(each, context.language))
  const paths = judges.map(({ path }) => path)
  const twice = paths.find((path, at) => paths.indexOf(path) !== at)
  if (twice !== undefined) throw usageError(texts[context.language].samePath(twice))
  return { judges, secrets: resolved.flatMap(({ secrets }) => secrets) }
}

type Counts = Record<'requests' | 'accepted' | 'duplicates' | 'refused', number>

function count(counts: Counts, { verdict }: Exchange): void {
  counts.requests++
  if (verdict === 'accepted') counts.accepted++
  if (verdict === 'duplicate') counts.duplicates++
  if (verdict === 'refused') counts.refused++
}

function announce(
  context: Context,
  url: string,
  judges: readonly Judge[],
  { host, kept }: { readonly host: string; readonly kept: string },
): void {
  const own = texts[context.language]
  const urls = judges.map(({ name, path }) => ({ provider: name, url: `${url}${path}` }))
  if (!['127.0.0.1', '::1', 'localhost'].includes(host)) warn(context, own.exposed(host))
  if (context.json) {
    printEvent(context, { kind: 'listening', url, urls, page: `${url}/`, keptIn: kept })
    return
  }
  for (const each of urls) printLine(context, own.listening(context.colors.bold(each.url)))
  if (urls.length === 0) {
    printLine(context, own.listening(context.colors.bold(url)))
    printLine(context, own.anything)
  }
  printLine(context, own.page(url))
  printLine(context, own.keptIn(kept))
  printLine(context, own.stop)
  printLine(context)
}
