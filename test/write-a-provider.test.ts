import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { writePage } from './support/page-files.ts'
import { root, run, startTypeScript } from './support/processes.ts'

const page = 'write-a-provider'

/** Runs the page's own test file with Node's runner, as the page says; what it printed. */
async function runSuite(folder: string): Promise<string> {
  const args = [
    '--conditions=@acuse/source',
    '--import',
    'tsx',
    '--test',
    '--test-reporter=tap',
    'acme.test.ts',
  ]
  const { stdout } = await run(process.execPath, args, { cwd: folder, maxBuffer: 10_000_000 }).catch(
    (failure: { readonly stdout: string }) => failure,
  )
  return stdout
}

/** The cases that fail with a mistake in the page's provider. */
async function failuresWith(name: string, right: string, wrong: string): Promise<string[]> {
  let isThere = false
  const folder = writePage(page, `${page}-${name}`, (code) => {
    isThere ||= code.includes(right)
    return code.replace(right, wrong)
  })
  if (!isThere) throw new Error(`The page no longer has: ${right}`)
  const stdout = await runSuite(folder)
  // Cases are a level below the suite of their provider.
  return [...stdout.matchAll(/^ {4}not ok \d+ - (.+)$/gm)].map(([, failing = '']) => failing)
}

describe('docs/write-a-provider.md', () => {
  let folder: string

  beforeAll(() => {
    folder = writePage(page)
  })

  it('leads to a provider that passes the suite, of which only parameters are left out', async () => {
    const stdout = await runSuite(folder)
    expect(stdout).not.toMatch(/not ok/)
    expect(stdout.match(/# SKIP .*/g)).toEqual(['# SKIP its scheme proves no parameter of the query'])
    expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(18)
  })

  it('names the cases that fail with the mistakes that it warns of', async () => {
    expect(await failuresWith('volatile', "volatile: ['attempt'],", '')).toContain(
      'takes a retry of its sender for a duplicate, up to the last',
    )
    expect(
      await failuresWith(
        'key',
        "idempotencyKey: [{ body: 'id' }]",
        "idempotencyKey: [{ body: 'data.order' }]",
      ),
    ).toContain('takes two events of one name for two')
    expect(
      await failuresWith('name', "type: [{ body: 'type' }]", "type: [{ body: 'data.order' }]"),
    ).toContain('runs each of its samples once, as the event that it is named for')
    expect(
      await failuresWith(
        'time',
        "time: { of: 'attempt', value: time, format: 'unix-seconds', required: true },",
        '',
      ),
    ).toEqual(['takes what was signed at the bounds of the tolerance, and refuses what was signed beyond'])
  })

  it('names cases that there are', async () => {
    const { readFile } = await import('node:fs/promises')
    const text = await readFile(join(root, 'docs', `${page}.md`), 'utf8')
    const named = [
      ...(text.split('### When a case fails')[1] ?? '').matchAll(
        /^\| ((?:runs|takes) [^|…]+?) *(?:…)? *\|/gm,
      ),
    ]
    const stdout = await runSuite(folder)
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
