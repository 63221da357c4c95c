import type { Language } from '../sidebar.ts'
import type { Facts } from './facts.ts'
import { notes } from './notes.ts'
import type { Phrases } from './phrases.ts'
import { rowsOf } from './rows.ts'

const mark = '<!-- Made by `pnpm docs:pages` from the data of the provider. -->'

/** The page of a provider. */
export function pageOf(facts: Facts, words: Phrases, title: string, language: Language): string {
  const parts = [
    `# ${title}`,
    mark,
    words.lead(title.split(':')[0] ?? title),
    `## ${words.receive}`,
    fence('sh', 'npm install @acuse/express @acuse/providers @acuse/sqlite express'),
    fence('ts', receiving(facts)),
    [keyText(facts, words), words.mounted(facts.path, methodsOf(facts))].join(' ').trim(),
    `## ${words.facts}`,
    table(rowsOf(facts, words)),
    `## ${words.events}`,
    ...events(facts, words),
    `## ${words.send}`,
    words.sendText,
    fence('sh', command(facts)),
    ...sending(facts, words),
    ...watch(facts, words, language),
    ...(facts.source.documentation.length === 0
      ? []
      : [words.documentation(facts.source.documentation.map((url) => `<${url}>`).join(', '))]),
    words.seeAlso,
  ]
  return `${parts.join('\n\n')}\n`
}

function fence(language: string, code: string): string {
  return `\`\`\`${language}\n${code}\n\`\`\``
}

/** The variable of the example is the one that the command reads, too, where there is only one. */
function withVariable(code: string, { variables, source }: Facts): string {
  const names = `${source.before}${source.call}`.match(/process\.env/g) ?? []
  return names.length === 1
    ? code.replace(/process\.env\['\w+'\]/, `process.env['${variables.receive}']`)
    : code
}

function receiving(facts: Facts): string {
  const { imports, before, call, isHandled, handlers } = facts.source
  const options = isHandled ? "{ ack: 'handled' }" : "{ inbox: sqliteInbox('acuse.db') }"
  const code = [
    "import express from 'express'",
    "import { webhooks } from '@acuse/express'",
    imports,
    ...(isHandled ? [] : ["import { sqliteInbox } from '@acuse/sqlite'"]),
    '',
    ...(before === '' ? [] : [before]),
    `const hooks = webhooks(${call}, ${options})`,
    // The default logger is silent of what is well: a page's reader wants to see it.
    handlers.replaceAll('receiver.', 'hooks.').replaceAll(', { log }) => log.', ') => console.'),
    '',
    'const app = express().use(hooks)',
    isHandled ? 'app.listen(3000)' : 'app.listen(3000, () => hooks.work())',
  ]
  return withVariable(code.join('\n'), facts)
}

function keyText(facts: Facts, words: Phrases): string {
  const { key, variables } = facts
  // An example with several variables of its own says what they are.
  if (!receiving(facts).includes(`'${variables.receive}'`)) return ''
  if (key === 'identifier') return words.identifier(variables.receive)
  return key === 'public-key' ? words.publicKey(variables.receive) : words.secret(variables.receive)
}

function methodsOf({ handshake }: Facts): string {
  const methods = [...new Set(['POST', ...handshake])]
  return ` (${methods.join(', ')})`
}

function table(rows: readonly (readonly [string, string])[]): string {
  const lines = rows.map(([name, value]) => `| ${name} | ${value.replaceAll('|', '\\|')} |`)
  return ['| | |', '| --- | --- |', ...lines].join('\n')
}

function events({ events: names }: Facts, words: Phrases): readonly string[] {
  if (names === undefined) return [words.anyName]
  const list = names.map((name) => `\`${name}\``).join(', ')
  if (names.length <= 30) return [words.counted(names.length), list]
  return [words.counted(names.length), `<details>\n<summary>${words.list}</summary>`, list, '</details>']
}

function command({ name, key, sample, path, variables, sendOptions }: Facts): string {
  const value = key === 'secret' ? '…' : '"$(cat private.pem)"'
  const options = sendOptions.length === 0 ? '' : ` \\\n  ${sendOptions.join(' ')}`
  return [
    `export ${variables.send}=${value}`,
    `npx @acuse/cli send ${name} ${sample} --to http://127.0.0.1:3000${path}${options}`,
  ].join('\n')
}

/** The same with `createSender`, where the receiver's secret signs, too. */
function sending(facts: Facts, words: Phrases): readonly string[] {
  const { key, source, sample, variables } = facts
  if (key !== 'secret') return [words.sendKey(variables.send)]
  const call = /^\w+(?:<[^(]*>)?\(process\.env\[[^\]]+\](.*)\)$/.exec(source.call)
  if (call === null) return []
  const factory = /^\w+/.exec(source.call)?.[0] ?? ''
  const others = call[1] ?? ''
  const isPlain = others === '' && !source.call.includes('<')
  const made = `(secret: string) => ${source.call.replace(/process\.env\[[^\]]+\]/, 'secret')}`
  const code = [
    source.imports,
    "import { createSender } from '@acuse/sender'",
    '',
    ...(isPlain || source.before === '' ? [] : [source.before]),
    `const url = 'http://127.0.0.1:3000${facts.path}'`,
    `const secret = process.env['${variables.receive}'] ?? ''`,
    `const sender = createSender({ provider: ${isPlain ? factory : made}, secret, url })`,
    `const report = await sender.send('${sample}')`,
  ]
  return [words.test, fence('sh', 'npm install --save-dev @acuse/sender'), fence('ts', code.join('\n'))]
}

function watch(
  { name, provider, proof, isTypeUnsigned }: Facts,
  { watch: title, warn }: Phrases,
  language: Language,
): readonly string[] {
  const { scheme, time, thin, handshakes = [] } = provider
  const signs = JSON.stringify(scheme.signs)
  const lines = [
    ...(notes[name] ?? []).map((note) => note[language]),
    scheme.signs.length === 0 ? warn.key : undefined,
    time === undefined && scheme.signs.length > 0 ? warn.noTime : undefined,
    time?.of === 'event' ? warn.event : undefined,
    isTypeUnsigned && scheme.signs.length > 0 ? warn.unsignedType : undefined,
    thin === undefined ? undefined : warn.thin,
    proof === 'HMAC-SHA1' ? warn.sha1 : undefined,
    scheme.prepare === undefined ? undefined : warn.fetched,
    signs.includes('publicUrl') ? warn.address : undefined,
    signs.includes('sorted-form') ? warn.form : undefined,
    handshakes.some(({ method }) => method !== 'POST') ? warn.method : undefined,
  ].filter((line) => line !== undefined)
  return lines.length === 0 ? [] : [`## ${title}`, lines.map((line) => `- ${line}`).join('\n')]
}
