import type { Context } from './context.ts'

const turns = ['|', '/', '-', '\\']
const turnMs = 120

/** Shows that something goes on, on the terminal of stderr and nowhere else, while `work` runs. */
export async function withProgress<Value>(
  { stderr, isTerminal }: Pick<Context, 'stderr' | 'isTerminal'>,
  label: string,
  work: () => Promise<Value>,
): Promise<Value> {
  if (!isTerminal.stderr) return work()
  let turn = 0
  const timer = setInterval(() => stderr.write(`\r${turns[turn++ % turns.length]} ${label}`), turnMs)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    stderr.write('\r\x1b[K')
  }
}
