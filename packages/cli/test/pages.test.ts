import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Command, isGroup } from '../src/command/command.ts'
import { commands } from '../src/commands/index.ts'
import { sharedOptionTexts } from '../src/help/option-text.ts'
import { everyHelp, pagesOf } from '../src/help/pages.ts'
import { toScreen } from '../src/help/screen.ts'
import { acuse } from './support.ts'

const root = new URL('../../../', import.meta.url)
const single: readonly Command[] = commands.flatMap((each) =>
  isGroup(each) ? each.commands : [each],
) as Command[]

describe('the pages of the commands', () => {
  it('are those that the source makes: `pnpm --filter @acuse/cli pages` writes them', () => {
    const pages = pagesOf(commands)
    for (const { path, text } of pages) expect(readFileSync(new URL(path, root), 'utf8'), path).toBe(text)
    const there = ['docs/cli/', 'docs/es/cli/', 'packages/cli/man/'].flatMap((folder) =>
      readdirSync(new URL(folder, root)).map((file) => `${folder}${file}`),
    )
    expect(there.sort()).toEqual(pages.map(({ path }) => path).sort())
  })

  it('stand in the manifest, so that npm installs them for man', () => {
    const { man } = JSON.parse(readFileSync(new URL('packages/cli/package.json', root), 'utf8')) as {
      man: string[]
    }
    expect(man).toEqual(everyHelp(commands, 'en').map(({ file }) => `./man/${file}.1`))
  })

  it.each(['en', 'es'] as const)('fit a screen of 24 lines by 80 columns in %s', (language) => {
    for (const { file, help } of everyHelp(commands, language)) {
      const lines = toScreen(help).trimEnd().split('\n')
      expect(lines.length, file).toBeLessThanOrEqual(24)
      for (const line of lines) expect(line.length, `${file}: ${line}`).toBeLessThanOrEqual(80)
    }
  })

  it('say something of every option and argument, in both languages, and of no other', () => {
    for (const { name, options = {}, arguments: args = {}, texts } of single) {
      for (const of of [texts.en, texts.es]) {
        const own = Object.keys(options).filter(
          (option) => option in of.options || !(option in sharedOptionTexts.en),
        )
        expect(Object.keys(of.options), name).toEqual(own)
        expect(Object.keys(of.arguments), name).toEqual(Object.keys(args))
      }
    }
  })

  it('have examples of options and commands that there are', () => {
    for (const { name, options = {}, examples } of single) {
      expect(examples.length, name).toBeGreaterThan(0)
      for (const example of examples) {
        const flags = example.match(/(?<= )--[a-z-]+/g) ?? []
        const known = Object.keys(options).map(
          (each) => `--${each.replace(/[A-Z]/g, (l) => `-${l.toLowerCase()}`)}`,
        )
        for (const flag of flags) expect([...known, '--json', '--lang'], example).toContain(flag)
      }
    }
  })
})

describe('every command', () => {
  it.each(['en', 'es'])('tells wrong use in %s, with exit code 2 and no stack', async (language) => {
    for (const args of [['nonsense'], ['providers', '--nonsense'], ['providers', 'nobody'], ['completion']]) {
      const { exitCode, stdout, stderr } = await acuse([...args, '--lang', language])
      expect([exitCode, stdout]).toEqual([2, ''])
      expect(stderr).not.toMatch(/^\s+at /m)
      expect(stderr).toMatch(language === 'en' ? /There is no|is missing/ : /No existe|Falta/)
    }
  })

  it('tells wrong use as JSON, too', async () => {
    const { stdout } = await acuse(['providers', 'strip', '--json'])
    expect(JSON.parse(stdout)).toEqual({
      kind: 'error',
      exitCode: 2,
      message: "There is no provider 'strip'.",
      remedy: "Did you mean 'stripe'?",
    })
  })

  it('speaks the language of the locale, where none is asked for', async () => {
    const spanish = await acuse(['providers', '--help'], { env: { LANG: 'es_CL.UTF-8' } })
    expect(spanish.stdout).toContain('Uso: acuse providers')
    const english = await acuse(['providers', '--help'], { env: { LANG: 'es_CL.UTF-8', LC_ALL: 'C' } })
    expect(english.stdout).toContain('Usage: acuse providers')
    expect((await acuse(['providers', '--lang', 'fr'])).exitCode).toBe(2)
  })
})
