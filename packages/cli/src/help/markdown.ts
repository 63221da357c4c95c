import type { Entry, Help } from './help-of.ts'

/** The help as a page of the documentation. */
export function toMarkdown(help: Help): string {
  const { texts } = help
  return [
    `# ${help.title}`,
    `<!-- ${texts.madeBy} -->`,
    `\`\`\`sh\n${help.usage}\n\`\`\``,
    ...help.description,
    ...table(texts.commands, help.commands),
    ...table(texts.argumentsTitle, help.arguments),
    ...table(texts.options, help.options),
    ...table(texts.globalOptions, help.globals),
    ...(help.examples.length === 0
      ? []
      : [`## ${texts.examples}`, `\`\`\`sh\n${help.examples.join('\n')}\n\`\`\``]),
    ...table(texts.exitCodesTitle, help.exitCodes),
  ]
    .join('\n\n')
    .concat('\n')
}

/** Cells as wide as their column, as the formatter of the repository has them. */
function table(title: string, entries: readonly Entry[]): string[] {
  if (entries.length === 0) return []
  const rows = entries.map(([name, text]) => [`\`${toCell(name)}\``, toCell(text)] as const)
  const names = Math.max(...rows.map(([name]) => name.length), 3)
  const texts = Math.max(...rows.map(([, text]) => text.length), 3)
  const toRow = (name: string, text: string) => `| ${name.padEnd(names)} | ${text.padEnd(texts)} |`
  const lines = [toRow('', ''), toRow('-'.repeat(names), '-'.repeat(texts))]
  return [`## ${title}`, [...lines, ...rows.map(([name, text]) => toRow(name, text))].join('\n')]
}

function toCell(text: string): string {
  return text.replaceAll('|', '\\|')
}
