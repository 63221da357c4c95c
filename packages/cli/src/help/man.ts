import type { Entry, Help } from './help-of.ts'

/** The help as a man page of section 1 (man(7)). */
export function toMan(help: Help): string {
  const { texts } = help
  const name = help.title.replaceAll(' ', '-')
  return [
    `.TH ${name.toUpperCase()} 1 "" "acuse" "Acuse"`,
    `.SH ${texts.name.toUpperCase()}`,
    `${name} \\- ${roff(help.summary)}`,
    `.SH ${texts.usage.toUpperCase()}`,
    roff(help.usage),
    `.SH ${texts.description.toUpperCase()}`,
    ...help.description.flatMap((paragraph) => ['.PP', roff(paragraph)]),
    ...list(texts.commands, help.commands),
    ...list(texts.argumentsTitle, help.arguments),
    ...list(texts.options, [...help.options, ...help.globals]),
    ...(help.examples.length === 0
      ? []
      : [`.SH ${texts.examples.toUpperCase()}`, '.nf', ...help.examples.map(roff), '.fi']),
    ...list(texts.exitCodesTitle, help.exitCodes),
    '',
  ].join('\n')
}

function list(title: string, entries: readonly Entry[]): string[] {
  if (entries.length === 0) return []
  return [
    `.SH ${title.toUpperCase()}`,
    ...entries.flatMap(([name, text]) => ['.TP', `\\fB${roff(name)}\\fR`, roff(text)]),
  ]
}

/** A full stop or an apostrophe at the start of a line would be a request to the formatter. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&')
}
