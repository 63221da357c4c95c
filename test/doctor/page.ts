import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checks } from '../../packages/cli/src/doctor/checks/index.ts'
import { severities } from '../../packages/cli/src/doctor/evidence.ts'
import { doctorTexts } from '../../packages/cli/src/doctor/texts/index.ts'
import { flawed } from '../flawed/index.ts'
import { root } from '../support/processes.ts'

const page = join(root, 'docs/doctor.md')

/** The page as it is. */
export function readPage(): string {
  return readFileSync(page, 'utf8')
}

/** The page with what the lists of checks and of receivers make, and with these parts by their names. */
export function toPage(text: string, parts: Readonly<Record<string, string>> = {}): string {
  const made: Readonly<Record<string, string>> = { checks: checkTable(), flawed: flawedTable(), ...parts }
  return text.replaceAll(
    /(<!-- doctor:(\w+) -->\n)(.*?)(<!-- \/doctor -->)/gs,
    (_all, begin, name, was, end) => {
      const part = made[name]
      return part === undefined ? `${begin}${was}${end}` : `${begin}\n${part}\n\n${end}`
    },
  )
}

/** Writes it. */
export function writePage(parts: Readonly<Record<string, string>> = {}): void {
  writeFileSync(page, toPage(readPage(), parts))
}

function checkTable(): string {
  const { en } = doctorTexts
  const needs = { effects: 'effects', start: '`--start`', output: '`--start`' } as const
  const rows = checks.map(({ code, severity, needs: own = [] }) => {
    const { title, means, remedy } = en.checks[code]
    const needed = [...new Set(own.map((need) => needs[need]))].join(', ')
    return `| \`${code}\` | ${severity} (${severities[severity]}) | ${needed} | It ${title}. ${means} | ${remedy} |`
  })
  return ['| code | severity | needs | finding | remedy |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  )
}

function flawedTable(): string {
  const rows = Object.entries(flawed).map(
    ([file, code]) => `| [\`${file}\`](../test/flawed/${file}.ts) | \`${code}\` |`,
  )
  return ['| receiver | the one finding |', '| --- | --- |', ...rows].join('\n')
}
