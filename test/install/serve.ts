import { once } from 'node:events'
import { redcumbre } from '@acuse/providers/redcumbre'
import { createSender } from '@acuse/sender'
import { killGroup, type Surroundings, start } from './command.ts'
import { handledLine, type Project } from './project.ts'

export const secret: string = 'c0ffee01'.repeat(8)
const listening = /listening on (http:\/\/\S+)/

/**
 * Starts a server and sends it a signed delivery and a forged one. It throws unless the first is answered 200 and its
 * handler ran, the second is answered 401 and ran none, and SIGTERM ends the process in order.
 */
export async function serve(
  words: readonly string[],
  { cwd, env, timeoutMs }: Surroundings,
  { prints = [], endsBySignal = false }: Pick<Project, 'prints' | 'endsBySignal'>,
): Promise<void> {
  const child = start(words, cwd, { ...env, REDCUMBRE_WEBHOOK_SECRET: secret, PORT: '0' })
  let output = ''
  const changed = new Set<() => void>()
  const wake = (): void => {
    for (const each of changed) each()
  }
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      wake()
    })
  let end: string | undefined
  // As the signal itself, or as a shell tells of it.
  const ends = ['exit code 0', ...(endsBySignal ? ['exit code SIGTERM', 'exit code 143'] : [])]
  const exited = once(child, 'close').then(([code, signal]) => {
    end = `exit code ${code ?? signal}`
    wake()
  })
  const late = setTimeout(() => {
    output += `\nIt was not done within ${timeoutMs / 1000} s`
    killGroup(child.pid)
  }, timeoutMs)
  const printed = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(output)
      if (found) return found
      if (end) throw new Error(`it ended before it printed ${pattern}: ${end}`)
      await new Promise<void>((resolve) => changed.add(resolve))
    }
  }
  try {
    const [, origin = ''] = await printed(listening)
    await deliver(origin)
    for (const pattern of [handledLine, ...prints]) await printed(pattern)
    child.kill('SIGTERM')
    await exited
    if (!ends.includes(end ?? '')) throw new Error(`SIGTERM: ${end}`)
    const runs = output.split('\n').filter((line) => line.startsWith('handled ')).length
    if (runs !== 1) throw new Error(`its handler ran ${runs} times`)
  } catch (error) {
    throw new Error(`${words.join(' ')}: ${(error as Error).message}\n${output}`)
  } finally {
    clearTimeout(late)
    killGroup(child.pid)
    await exited
  }
}

async function deliver(origin: string): Promise<void> {
  const url = `${origin}/webhooks/redcumbre`
  const sleep = async (): Promise<void> => {}
  const forged = await createSender({ provider: redcumbre, secret: 'badc0de5'.repeat(8), url, sleep }).send(
    'bhe.emitida',
  )
  if (forged.status !== 401) throw new Error(`the forged delivery was answered ${forged.status}`)
  const signed = await createSender({ provider: redcumbre, secret, url, sleep }).send('bhe.emitida')
  if (signed.status !== 200) throw new Error(`the signed delivery was answered ${signed.status}`)
}
