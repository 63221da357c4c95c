import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acuse } from '../cli/acuse.ts'
import { startProgram } from '../support/processes.ts'
import { findSecrets } from './forms.ts'
import { person } from './planted.ts'

/** One kind of output, whole. */
interface Output {
  readonly name: string
  readonly showsPayloads: boolean
  readonly text: string
}

/** What was planted, and all that was printed of it. */
interface Printed {
  readonly outputs: readonly Output[]
  readonly secrets: Readonly<Record<string, string>>
  readonly statuses: Readonly<Record<string, number>>
}

async function printedWith(logger: string, folder: string): Promise<Printed> {
  const program = startProgram('secrets/everything.ts', { LOGGER: logger, FOLDER: folder })
  const exitCode = await program.exited
  const log = { name: 'stdout and stderr', showsPayloads: false, text: program.lines.join('\n') }
  if (exitCode !== 0) throw new Error(log.text.slice(-5_000))
  const { outputs, secrets, statuses } = JSON.parse(
    readFileSync(join(folder, 'outputs.json'), 'utf8'),
  ) as Printed
  const captured = readdirSync(folder).filter((file) => file.endsWith('.ndjson'))
  const lines = captured.map((file) => readFileSync(join(folder, file), 'utf8'))
  const decoded = [...lines.join('').matchAll(/"bodyBase64":"([^"]*)"/g)].map(([, text = '']) =>
    Buffer.from(text, 'base64').toString('latin1'),
  )
  // It reads what is kept, whatever wrote the log.
  const byCommand = logger === 'none' ? await printedByCommand(folder, secrets) : []
  const captures = { name: 'captures', showsPayloads: true, text: [...lines, ...decoded].join('\n') }
  return {
    outputs: [log, ...outputs, captures, ...byCommand],
    secrets,
    statuses,
  }
}

async function printedByCommand(folder: string, secrets: Printed['secrets']): Promise<Output[]> {
  const inbox = ['--inbox', `sqlite:${join(folder, 'inbox.db')}`]
  const { stdout } = await acuse(['inbox', 'list', ...inbox, '--json', '--limit', '3'])
  const { letters } = JSON.parse(stdout) as { readonly letters: readonly { readonly id: string }[] }
  const explained = ['redcumbre', 'zenpli', 'github', 'n8n', 'mailjet'].map((name) => [
    ...['explain', '--provider', name, join(folder, `${name}.ndjson`)],
  ])
  const calls = [
    ['inbox', 'stats', ...inbox],
    ['inbox', 'list', ...inbox],
    ['inbox', 'list', ...inbox, '--json', '--limit', '1000'],
    ...letters.flatMap(({ id }) => [
      ['inbox', 'show', id, ...inbox],
      ['inbox', 'show', id, ...inbox, '--json'],
    ]),
    ['inbox', 'export', ...inbox],
    ...explained.flatMap((call) => [call, [...call, '--json']]),
  ]
  const env = Object.fromEntries(
    Object.entries(secrets).map(([name, secret]) => [
      `${name.toUpperCase().replaceAll('-', '_')}_WEBHOOK_SECRET`,
      secret,
    ]),
  )
  const outputs: Output[] = []
  for (const call of calls) {
    const answer = await acuse(call, { env })
    const text = `${answer.stdout}\n${answer.stderr}`
    outputs.push({ name: `acuse ${call.slice(0, 3).join(' ')}`, showsPayloads: true, text })
  }
  return outputs
}

describe.each(['none', 'pino', 'Fastify', 'winston', 'console'])(
  'all output, with %s for a logger',
  (logger) => {
    const folder = mkdtempSync(join(tmpdir(), 'acuse-secrets-'))
    let printed: Printed
    beforeAll(async () => {
      printed = await printedWith(logger, folder)
    })
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    it('holds no secret, in no form', () => {
      const found = printed.outputs.flatMap(({ name, text }) =>
        findSecrets(text, printed.secrets).map((secret) => `${name}: ${secret}`),
      )
      expect(found).toEqual([])
    })

    it('holds nothing of a person where it is no dead letter, capture or command', () => {
      const found = printed.outputs
        .filter(({ showsPayloads }) => !showsPayloads)
        .flatMap(({ name, text }) => findSecrets(text, person).map((datum) => `${name}: ${datum}`))
      expect(found).toEqual([])
    })

    it('is of requests of every kind, which reached handlers and dead letters', () => {
      const { statuses, outputs, secrets } = printed
      expect(Object.keys(secrets).length).toBeGreaterThan(40)
      for (const status of [200, 401, 404, 500]) expect(statuses[status] ?? 0).toBeGreaterThan(20)
      const textOf = (name: string) =>
        outputs
          .filter((each) => each.name.startsWith(name))
          .map(({ text }) => text)
          .join('\n')
      expect(textOf('stdout')).toMatch(/the table is locked/)
      expect(textOf('stdout')).toMatch(/TypeError.*The secret stands in quotes/)
      expect(textOf('stdout')).toMatch(/misrouted/)
      for (const name of ['dead letters', 'captures']) expect(textOf(name)).toContain(person.email)
      if (logger !== 'none') return
      expect(textOf('acuse inbox export')).toContain(person.email)
      expect(textOf('acuse explain')).toMatch(/signature-mismatch/)
    })
  },
)
