import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { writePage } from './support/page-files.ts'
import { root, run, startTypeScript } from './support/processes.ts'

const page = 'write-a-provider'

/** Runs the page's own test file with Node's runner, as the page says; what it printed. */
async function runSuite(folder: string, file = 'acme.test.ts'): Promise<string> {
  const args = ['--conditions=@acuse/source', '--import', 'tsx', '--test', '--test-reporter=tap', file]
  const { stdout } = await run(process.execPath, args, { cwd: folder, maxBuffer: 10_000_000 }).catch(
    (failure: { readonly stdout: string }) => failure,
  )
  return stdout
}

interface Mistake {
  readonly right: string
  readonly wrong: string
  /** What the case that tells it says. */
  readonly tells: string
}

/** The mistakes that the page warns of. */
const mistakes: readonly Mistake[] = [
  {
    right: "volatile: ['attempt'],",
    wrong: '',
    tells: 'takes a retry of its sender for a duplicate, up to the last',
  },
  {
    right: "idempotencyKey: [{ body: 'id' }]",
    wrong: "idempotencyKey: [{ body: 'data.order' }]",
    tells: 'takes two events of one name for two',
  },
  {
    right: "type: [{ body: 'type' }]",
    wrong: "type: [{ body: 'data.order' }]",
    tells: 'runs each of its samples once, as the event that it is named for',
  },
  {
    right: "time: { of: 'attempt', value: time, format: 'unix-seconds', required: true },",
    wrong: '',
    tells: 'takes what was signed at the bounds of the tolerance, and refuses what was signed beyond',
  },
]

/** The cases that fail with each mistake in the page's provider: one process runs the suites, in their order. */
async function failuresOfMistakes(): Promise<readonly (readonly string[])[]> {
  const imports = mistakes.map(({ right, wrong }, at) => {
    let isThere = false
    writePage(page, `${page}-mistakes/${at}`, (code) => {
      isThere ||= code.includes(right)
      return code.replace(right, wrong)
    })
    if (!isThere) throw new Error(`The page no longer has: ${right}`)
    return `import './${at}/acme.test.ts'\n`
  })
  const folder = join(root, 'test/.tmp', `${page}-mistakes`)
  writeFileSync(join(folder, 'all.test.ts'), imports.join(''))
  const stdout = await runSuite(folder, 'all.test.ts')
  // Cases are a level below the suite of their provider, whose own result ends them.
  const suites = stdout.split(/^(?:not )?ok \d+ - acme$/m).slice(0, -1)
  return suites.map((suite) => [...suite.matchAll(/^ {4}not ok \d+ - (.+)$/gm)].map(([, name = '']) => name))
}

describe('docs/write-a-provider.md', () => {
  let folder: string
  let stdout: string

  beforeAll(async () => {
    folder = writePage(page)
    stdout = await runSuite(folder)
  })

  it('leads to a provider that passes the suite, of which only parameters are left out', () => {
    expect(stdout).not.toMatch(/not ok/)
    expect(stdout.match(/# SKIP .*/g)).toEqual(['# SKIP its scheme proves no parameter of the query'])
    expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(18)
  })

  it('names the cases that fail with the mistakes that it warns of', async () => {
    const failures = await failuresOfMistakes()
    expect(failures).toHaveLength(mistakes.length)
    for (const [at, { tells }] of mistakes.entries()) expect(failures[at]).toContain(tells)
    // Nothing else is about the time.
    expect(failures.at(-1)).toHaveLength(1)
  })

  it('names cases that there are', () => {
    const text = readFileSync(join(root, 'docs', `${page}.md`), 'utf8')
    const named = [
      ...(text.split('### When a case fails')[1] ?? '').matchAll(
        /^\| ((?:runs|takes) [^|…]+?) *(?:…)? *\|/gm,
      ),
    ]
    expect(named.length).toBeGreaterThan(4)
    for (const [, name = ''] of named) expect(stdout).toContain(name.trim())
  })

  it('receives what it sends, over HTTP', async () => {
    const env = { ACME_SECRET: 'the-secret-of-one-endpoint-4f1c', ACME_TOKEN: 'a-token-that-we-chose' }
    const server = startTypeScript(join(folder, 'server.ts'), { ...env, PORT: '0' }, folder)
    onTestFinished(async () => void (await server.stop('SIGKILL')))
    const [, port = ''] = /"port":(\d+)/.exec(await server.line(/^listening: /)) ?? []
    const url = `http://127.0.0.1:${port}/webhooks/acme`
    const sender = startTypeScript(join(folder, 'send.ts'), { ...env, ACME_URL: url }, folder)
    expect(await sender.line(/^\d+ /)).toBe('200 true')
    expect(await server.line(/^paid: /)).toBe('paid: o-1 12500')
    expect(await sender.exited).toBe(0)
    const asked = await fetch(`${url}?challenge=a-challenge&token=${env.ACME_TOKEN}`)
    expect([asked.status, await asked.text()]).toEqual([200, 'a-challenge'])
    expect((await fetch(`${url}?challenge=a-challenge&token=another-one`)).status).toBe(403)
  })
})
