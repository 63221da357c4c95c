import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checks } from '../../packages/cli/src/doctor/checks/index.ts'
import { severities } from '../../packages/cli/src/doctor/evidence.ts'
import { doctorTexts } from '../../packages/cli/src/doctor/texts/index.ts'
import { flawed } from '../flawed/index.ts'
import { root } from '../support/processes.ts'

/** The languages of the page. */
export const languages = ['en', 'es'] as const

/** A language of the page. */
export type Language = (typeof languages)[number]

/** What the tables say in each language, beside the texts of the command. */
const words = {
  en: {
    file: 'docs/doctor.md',
    flawed: '../test/flawed',
    checks: ['code', 'severity', 'needs', 'finding', 'remedy'],
    receivers: ['receiver', 'the one finding'],
    effects: 'effects',
    title: (title: string) => `It ${title}`,
  },
  es: {
    file: 'docs/es/doctor.md',
    flawed: '../../test/flawed',
    checks: ['código', 'gravedad', 'necesita', 'hallazgo', 'remedio'],
    receivers: ['receptor', 'el único hallazgo'],
    effects: 'efectos',
    title: (title: string) => title.charAt(0).toUpperCase() + title.slice(1),
  },
} as const

/** The page as it is. */
export function readPage(language: Language): string {
  return readFileSync(join(root, words[language].file), 'utf8')
}

/** The page with what the lists of checks and of receivers make, and with these parts by their names. */
export function toPage(
  text: string,
  language: Language,
  parts: Readonly<Record<string, string>> = {},
): string {
  const made: Readonly<Record<string, string>> = {
    checks: checkTable(language),
    flawed: flawedTable(language),
    ...parts,
  }
  return text.replaceAll(
    /(<!-- doctor:(\w+) -->\n)(.*?)(<!-- \/doctor -->)/gs,
    (_all, begin, name, was, end) => {
      const part = made[name]
      return part === undefined ? `${begin}${was}${end}` : `${begin}\n${part}\n\n${end}`
    },
  )
}

/** Writes it. */
export function writePage(language: Language, parts: Readonly<Record<string, string>> = {}): void {
  writeFileSync(join(root, words[language].file), toPage(readPage(language), language, parts))
}

/** A table of Markdown. */
export function table(columns: readonly string[], rows: readonly string[]): string {
  return [`| ${columns.join(' | ')} |`, `| ${columns.map(() => '---').join(' | ')} |`, ...rows].join('\n')
}

function checkTable(language: Language): string {
  const texts = doctorTexts[language]
  const { checks: columns, effects, title: sentence } = words[language]
  const needs = { effects, start: '`--start`', output: '`--start`' } as const
  const rows = checks.map(({ code, severity, needs: own = [] }) => {
    const { title, means, remedy } = texts.checks[code]
    const needed = [...new Set(own.map((need) => needs[need]))].join(', ')
    const weight = `${texts.severities[severity]} (${severities[severity]})`
    return `| \`${code}\` | ${weight} | ${needed} | ${sentence(title)}. ${means} | ${remedy} |`
  })
  return table(columns, rows)
}

function flawedTable(language: Language): string {
  const { flawed: folder, receivers } = words[language]
  const rows = Object.entries(flawed).map(
    ([file, code]) => `| [\`${file}\`](${folder}/${file}.ts) | \`${code}\` |`,
  )
  return table(receivers, rows)
}
