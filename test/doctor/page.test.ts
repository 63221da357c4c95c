import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checks } from '../../packages/cli/src/doctor/checks/index.ts'
import { severities } from '../../packages/cli/src/doctor/evidence.ts'
import { doctorTexts } from '../../packages/cli/src/doctor/texts/index.ts'
import { flawed } from '../flawed/index.ts'
import { root } from '../support/processes.ts'
import { languages, readPage, toPage } from './page.ts'

/** The formatter gives the columns of tables one width. */
function squeezed(page: string): string {
  return page.replace(/ +\|/g, ' |').replace(/-{3,}/g, '---')
}

const codes = checks.map(({ code }) => code)

describe("the doctor's list of checks", () => {
  it.each(languages)(
    'is what its page says (%s): `pnpm --filter acuse-test doctor:page` writes it',
    (language) => {
      const page = readPage(language)
      expect(squeezed(page)).toBe(squeezed(toPage(page, language)))
      for (const code of codes) expect(squeezed(page)).toContain(`| \`${code}\` |`)
    },
  )

  it('found the same in receivers of other libraries in both languages', () => {
    const [en, es] = languages.map((language) =>
      [...readPage(language).matchAll(/<!-- doctor:peers -->(.*?)<!-- \/doctor -->/gs)].flatMap(
        ([, part = '']) => [...part.matchAll(/`[\w@/.-]+`|\b\d[\d.-]*\b/g)].map(String),
      ),
    )
    expect(en?.length).toBeGreaterThan(20)
    expect(es).toEqual(en)
  })

  it('has each code once, and texts for each in both languages and for no other', () => {
    expect(new Set(codes).size).toBe(codes.length)
    for (const { checks: texts } of Object.values(doctorTexts))
      expect(Object.keys(texts).sort()).toEqual([...codes].sort())
  })

  it('says something of every probe in both languages', () => {
    const [en, es] = [doctorTexts.en.probes, doctorTexts.es.probes]
    expect(Object.keys(es).sort()).toEqual(Object.keys(en).sort())
    for (const text of [...Object.values(en), ...Object.values(es)]) expect(text).not.toBe('')
  })

  it('masks a check by earlier ones only, so that nothing is masked by what was not looked at yet', () => {
    const order = [
      ...checks.filter(({ when }) => when === undefined),
      ...checks.filter(({ when }) => when === 'crash'),
    ]
    for (const [at, { unless = [] }] of order.entries())
      for (const code of unless) expect(order.slice(0, at).map((check) => check.code)).toContain(code)
  })

  it('weighs each check, and needs effects for whatever needs crashes', () => {
    for (const { severity, needs = [], when } of checks) {
      expect(severities[severity]).toBeGreaterThan(0)
      if (needs.includes('start')) expect([needs.includes('effects'), when]).toEqual([true, 'crash'])
    }
  })

  it('has a receiver with one fault for each row of the table of faults', () => {
    for (const [file, code] of Object.entries(flawed)) {
      expect(existsSync(join(root, `test/flawed/${file}.ts`)), file).toBe(true)
      expect(codes).toContain(code)
    }
  })
})
