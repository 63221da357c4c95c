import type { Context } from '../../command/context.ts'
import { texts } from './texts.ts'

/** Whether the user says yes; `undefined`: interrupted. */
export async function ask(
  { stdin, stderr, signal, language }: Context,
  message: string,
): Promise<boolean | undefined> {
  // Nobody else waits for its import.
  const { confirm, isCancel } = await import('@clack/prompts')
  const { yes, no } = texts[language].ask
  const shown = { message, active: yes, inactive: no, initialValue: false }
  const answer = await confirm({ ...shown, input: stdin, output: stderr, signal })
  return isCancel(answer) ? undefined : answer
}
