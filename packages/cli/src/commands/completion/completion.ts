import { catalogue } from '../../catalogue/catalogue.ts'
import { usageError } from '../../command/cli-error.ts'
import { type Command, type CommandGroup, defineCommand } from '../../command/command.ts'
import { exitCodes } from '../../command/exit-code.ts'
import { printJson } from '../../command/print.ts'
import { type CompletedCommand, toCompleted } from './completed.ts'
import { bashScript, fishScript, zshScript } from './scripts.ts'
import { texts } from './texts.ts'

const scripts: Readonly<
  Record<string, (commands: readonly CompletedCommand[], providers: readonly string[]) => string>
> = { bash: bashScript, zsh: zshScript, fish: fishScript }

/** `acuse completion <shell>`, of the commands that there are. */
export function completionOf(commands: () => readonly (Command | CommandGroup)[]): Command {
  return defineCommand({
    name: 'completion',
    texts,
    arguments: { shell: { required: true } },
    examples: ['completion bash'],
    async run(context, { arguments: { shell } }) {
      const { unknown, remedy } = texts[context.language]
      const toScript = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined
      if (!toScript) throw usageError(unknown(shell), remedy)
      const script = toScript(toCompleted(commands(), context.language), Object.keys(catalogue))
      if (context.json) printJson(context, { shell, script })
      else context.stdout.write(script)
      return exitCodes.ok
    },
  })
}
