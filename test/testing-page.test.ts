import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { writePage } from './support/page-files.ts'
import { root, run } from './support/processes.ts'

const page = 'testing'
const text = readFileSync(join(root, 'docs', `${page}.md`), 'utf8')

/** What a program printed, whether it succeeded or not. */
async function output(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const options = { cwd, maxBuffer: 10_000_000, env: { ...process.env, NO_COLOR: '1', ...env } }
  const { stdout, stderr } = await run(process.execPath, args, options).catch(
    (failure: { readonly stdout: string; readonly stderr: string }) => failure,
  )
  return `${stdout}${stderr}`
}

describe('docs/testing.md', () => {
  let folder: string

  beforeAll(() => {
    folder = writePage(page)
  })

  it('has cases of six lines at most', () => {
    const cases = [...text.matchAll(/^(?:it|test)\('.*?^\}\)$/gms)].map(([whole]) => whole.split('\n').length)
    expect(cases.length).toBeGreaterThan(6)
    expect(cases.filter((lines) => lines > 6)).toEqual([])
  })

  it('has tests that pass with vitest', async () => {
    const config = {
      resolve: { conditions: ['@acuse/source'] },
      ssr: { resolve: { conditions: ['@acuse/source'] } },
      test: { include: ['*.test.ts'], exclude: ['plain.test.ts'], isolate: false },
    }
    writeFileSync(join(folder, 'vitest.config.mjs'), `export default ${JSON.stringify(config)}\n`)
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    expect(await output([vitest, 'run', '--root', folder], folder)).toMatch(/Tests +6 passed \(6\)/)
  })

  it('has a test that passes with the runner of Node', async () => {
    const args = ['--conditions=@acuse/source', '--import', 'tsx', '--test', 'plain.test.ts']
    expect(await output(args, folder)).toMatch(/pass 1\b[\s\S]*fail 0\b/)
  })

  it('has a test that passes with jest, and fails with it when the app lets forgers in', async () => {
    const spec = /```js\n\/\/ hono\.spec\.mjs\n(.*?)```/s.exec(text)?.[1] ?? ''
    const app = /```ts\n\/\/ app\.ts\n(.*?)```/s.exec(text)?.[1]?.replace(': string[]', '') ?? ''
    const jest = join(root, 'test/node_modules/jest/bin/jest.js')
    const runIn = async (name: string, source: string): Promise<string> => {
      const target = join(root, 'test/.tmp', name)
      rmSync(target, { recursive: true, force: true })
      mkdirSync(target, { recursive: true })
      writeFileSync(join(target, 'hono.spec.mjs'), spec)
      writeFileSync(join(target, 'app.mjs'), source)
      writeFileSync(join(target, 'package.json'), JSON.stringify({ type: 'module' }))
      const config = { testMatch: ['<rootDir>/*.spec.mjs'], transform: {}, watchman: false }
      const args = [
        '--experimental-vm-modules',
        jest,
        '--rootDir',
        target,
        '--config',
        JSON.stringify(config),
      ]
      return output(args, target)
    }
    expect(await runIn('testing-jest', app)).toMatch(/Tests: +1 passed, 1 total/)
    const open = "import { Hono } from 'hono'\nexport const secret = '8d4f0c1be2a79356d8b1c4e07a92f35d'\n"
    const lenient = `${open}export const app = new Hono().post('/webhooks/redcumbre', (c) => c.text('ok'))\n`
    expect(await runIn('testing-jest-open', lenient)).toMatch(
      /expected the delivery to be refused with 401[\s\S]*wrongSecret[\s\S]*Tests: +1 failed, 1 total/,
    )
  })
})
