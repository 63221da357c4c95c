import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { acuse, acuseOnTerminal } from './acuse.ts'
import { type DeadInbox, dead, deadInbox, letterOf } from './dead-inbox.ts'

const made: DeadInbox[] = []
afterEach(() => {
  for (const each of made.splice(0)) each.remove()
})

async function withDead(...deliveries: Parameters<typeof deadInbox>[0]): Promise<DeadInbox> {
  const inbox = await deadInbox(deliveries)
  made.push(inbox)
  return inbox
}

const five = () => ['a', 'b', 'c', 'd', 'e'].map((id) => dead(id, id === 'e' ? { type: 'thing.broken' } : {}))
const names = ['stats', 'list', 'show', 'redrive', 'discard', 'replay', 'export']

describe('acuse inbox', () => {
  it.each(names)('%s tells how it is called, in English and Spanish', async (name) => {
    const english = await acuse(['inbox', name, '--help'])
    expect([english.exitCode, english.stdout]).toEqual([
      0,
      expect.stringContaining(`Usage: acuse inbox ${name}`),
    ])
    const spanish = await acuse(['inbox', name, '--help'], { env: { LANG: 'es_CL.UTF-8' } })
    expect([spanish.exitCode, spanish.stdout]).toEqual([
      0,
      expect.stringContaining(`Uso: acuse inbox ${name}`),
    ])
  })

  it('counts by provider and type, and tells the age of the oldest', async () => {
    const { setting } = await withDead(...five())
    const { exitCode, stdout } = await acuse(['inbox', 'stats', '--inbox', setting])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^provider +type +waiting +leased +delayed +dead$/m)
    expect(stdout).toMatch(/^acme +thing.broken +0 +0 +0 +1$/m)
    expect(stdout).toMatch(/^total +0 +0 +0 +5$/m)
    expect(stdout).toMatch(/^the oldest dead letter died \d+[sm] ago$/m)
    const spanish = await acuse(['inbox', 'stats', '--inbox', setting, '--lang', 'es'])
    expect(spanish.stdout).toMatch(/^proveedor +tipo +esperan +en curso +aplazadas +muertas$/m)
  })

  it('lists in pages, oldest first, what the filters say', async () => {
    const { setting } = await withDead(...five())
    const ids: string[] = []
    let after: string | null = null
    do {
      const page = ['--limit', '2', ...(after === null ? [] : ['--after', after])]
      const { stdout } = await acuse(['inbox', 'list', '--inbox', setting, '--json', ...page])
      const { letters, next } = JSON.parse(stdout)
      ids.push(...letters.map(({ id }: { id: string }) => id))
      after = next
    } while (after !== null)
    expect(ids).toEqual(five().map(letterOf))
    const by = async (...filter: string[]) =>
      JSON.parse((await acuse(['inbox', 'list', '--inbox', setting, '--json', ...filter])).stdout).letters
        .length
    expect(await by('--type', 'thing.broken', '--provider', 'acme', '--reason', 'stale')).toBe(1)
    expect(await by('--older-than', '1h')).toBe(0)
    expect(await by('--newer-than', '1h', '--endpoint', 'acme')).toBe(5)
    const shown = await acuse(['inbox', 'list', '--inbox', setting, '--limit', '4'])
    expect(shown.stdout).toMatch(/^id +died +provider +type +reason +attempts +last error$/m)
    expect(shown.stdout).toMatch(/^more: --after \S+$/m)
    const wrong = await acuse(['inbox', 'list', '--inbox', setting, '--after', 'nonsense'])
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("after must be the 'next'")])
  })

  it('shows bytes that are no text in base64, and takes no text of a sender to the terminal as a command', async () => {
    const body = Uint8Array.of(0, 255, 254, 10)
    const hostile = dead('x', { body, type: 'thing\u001b[2J', headers: { 'x-id': 'a\u001b]0;b' } })
    const { setting } = await withDead(hostile)
    const shown = await acuse(['inbox', 'show', letterOf(hostile), '--inbox', setting])
    expect(shown.stdout).toContain('body (4 bytes, not UTF-8, in base64):\n  AP/+Cg==\n')
    expect(shown.stdout).toContain('x-id: a\\u001b]0;b')
    const listed = await acuse(['inbox', 'list', '--inbox', setting])
    expect(`${shown.stdout}${listed.stdout}`).not.toContain('\u001b')
    const nothing = await acuse(['inbox', 'show', 'nobody', '--inbox', setting])
    expect(nothing).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        "There is no delivery nobody, dead or not. One that was kept as stale or as a conflict has its body's hash behind its id: 'acuse inbox list' shows it.\n",
    })
  })

  it('prints a command that redrives a letter whose id begins with a hyphen, too', async () => {
    const one = dead('-rf')
    const { setting, counts } = await withDead(one)
    const shown = await acuse(['inbox', 'show', '--json', '--', letterOf(one)], { env: { INBOX: setting } })
    const { redrive } = JSON.parse(shown.stdout)
    expect(redrive).toBe(`acuse inbox redrive -- ${letterOf(one)}`)
    const answered = await acuse(redrive.split(' ').slice(1), { env: { INBOX: setting } })
    expect(answered).toEqual({ exitCode: 0, stdout: 'redriven: 1\n', stderr: '' })
    expect(await counts()).toEqual({ dead: 0, waiting: 1 })
  })

  it('exports byte for byte, as text too where the bytes are UTF-8, to a file of this user that it writes once', async () => {
    const text = dead('text', { body: Buffer.from('\ufeff{"ñ":"\\u0000"}'), headers: { 'x-id': '7' } })
    const bytes = dead('bytes', { body: Uint8Array.of(0xc3, 0x28), occurredAt: new Date(1_000) })
    const { setting, folder } = await withDead(text, bytes)
    const file = join(folder, 'dead.ndjson')
    const answered = await acuse(['inbox', 'export', '--inbox', setting, '--output', file, '--json'])
    expect([answered.exitCode, JSON.parse(answered.stdout)]).toEqual([0, { exported: 2, file }])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const lines = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines[0]).toMatchObject({
      id: letterOf(text),
      reason: 'stale',
      attempt: 0,
      failures: [{ attempt: 0, at: expect.any(String), message: expect.any(String) }],
      delivery: {
        id: 'text',
        headers: { 'x-id': '7' },
        occurredAt: null,
        orderingKey: null,
        bodyText: Buffer.from(text.body).toString(),
        bodyBase64: Buffer.from(text.body).toString('base64'),
      },
    })
    expect(lines[1].delivery).toMatchObject({
      bodyBase64: 'wyg=',
      bodyBytes: 2,
      occurredAt: '1970-01-01T00:00:01.000Z',
    })
    expect(lines[1].delivery).not.toHaveProperty('bodyText')
    const again = await acuse(['inbox', 'export', '--inbox', setting, '--output', file])
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining(`${file} exists.`)])
    const piped = await acuse(['inbox', 'export', letterOf(bytes), '--inbox', setting])
    expect(
      piped.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([lines[1]])
  })
})

describe.each(['redrive', 'discard'] as const)('acuse inbox %s', (verb) => {
  it('takes an id, filters or --all, and nothing else for everything', async () => {
    const { setting, counts } = await withDead(...five())
    for (const args of [[], ['a', '--all'], ['a', '--type', 'x'], ['--all', '--type', 'x']]) {
      const { exitCode, stderr } = await acuse(['inbox', verb, '--inbox', setting, '--yes', ...args])
      expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/Say which|stands alone/)])
    }
    const backwards = ['--older-than', '2h', '--newer-than', '1h']
    expect((await acuse(['inbox', verb, '--inbox', setting, '--yes', ...backwards])).exitCode).toBe(2)
    expect((await acuse(['inbox', verb, '--inbox', setting, '--type', ''])).exitCode).toBe(2)
    expect((await counts()).dead).toBe(5)
  })

  it('changes nothing without --yes where it cannot ask, nor with --dry-run', async () => {
    const { setting, counts } = await withDead(...five())
    const refused = await acuse(['inbox', verb, '--inbox', setting, '--all'])
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('--yes')])
    const tried = await acuse([
      'inbox',
      verb,
      '--inbox',
      setting,
      '--type',
      'thing.made',
      '--dry-run',
      '--json',
    ])
    expect([tried.exitCode, JSON.parse(tried.stdout)]).toEqual([
      0,
      { matched: 4, changed: 0, left: 4, dryRun: true },
    ])
    expect((await counts()).dead).toBe(5)
  })

  it('changes those that match, and no others', async () => {
    const { setting, counts } = await withDead(...five())
    const word = verb === 'redrive' ? 'redriven' : 'discarded'
    const some = await acuse([
      'inbox',
      verb,
      '--inbox',
      setting,
      '--newer-than',
      '1h',
      '--type',
      'thing.made',
      '--yes',
    ])
    expect(some).toEqual({ exitCode: 0, stdout: `${word}: 4\n`, stderr: '' })
    expect(await counts()).toEqual({ dead: 1, waiting: verb === 'redrive' ? 4 : 0 })
    const none = await acuse(['inbox', verb, '--inbox', setting, '--provider', 'nobody', '--yes', '--json'])
    expect([none.exitCode, JSON.parse(none.stdout)]).toEqual([
      1,
      { matched: 0, changed: 0, left: 0, dryRun: false },
    ])
    expect((await acuse(['inbox', verb, 'nobody', '--inbox', setting, '--yes'])).exitCode).toBe(1)
    const last = five().map(letterOf).at(-1) ?? ''
    expect((await acuse(['inbox', verb, last, '--inbox', setting, '--yes'])).exitCode).toBe(0)
    expect((await counts()).dead).toBe(0)
  })

  it('asks on a terminal, and shows how far it is', async () => {
    const { setting, counts } = await withDead(...five())
    const question = verb === 'redrive' ? /Put 5 dead letters back/ : /Forget 5 dead letters/
    const args = ['inbox', verb, '--inbox', setting, '--all']
    const no = await acuseOnTerminal(args, [{ when: question, press: 'n' }])
    expect([no.exitCode, no.shown]).toEqual([1, expect.stringContaining('nothing was changed')])
    expect((await counts()).dead).toBe(5)
    const left = await acuseOnTerminal(args, [{ when: question, press: '\u0003' }])
    expect(left.exitCode).toBe(130)
    const yes = await acuseOnTerminal(args, [{ when: question, press: 'y' }])
    expect([yes.exitCode, yes.shown]).toEqual([0, expect.stringMatching(/█ 100 % {2}5 \/ 5/)])
    expect((await counts()).dead).toBe(0)
  })
})

describe('acuse inbox redrive at a rate', () => {
  it('stops where it is interrupted, and tells how many it put back', async () => {
    const { setting, counts } = await withDead(...Array.from({ length: 40 }, (_, n) => dead(`n${n}`)))
    const { exitCode, stdout } = await acuse(
      ['inbox', 'redrive', '--all', '--yes', '--rate', '2', '--json', '--inbox', setting],
      {
        async onStart(child) {
          while ((await counts()).waiting === 0) await sleep(20)
          child.kill('SIGINT')
        },
      },
    )
    const { matched, changed, left } = JSON.parse(stdout)
    expect([exitCode, matched, changed + left]).toEqual([130, 40, 40])
    expect(await counts()).toEqual({ dead: left, waiting: changed })
    expect(changed).toBeGreaterThan(0)
    expect(left).toBeGreaterThan(0)
  })

  it('leaves room for what the service accepts, and says that some are left', async () => {
    const { setting, counts } = await withDead(...Array.from({ length: 12 }, (_, n) => dead(`n${n}`)))
    const room = ['--option', 'maxDeliveries=10']
    const answered = await acuse(['inbox', 'redrive', '--all', '--yes', '--inbox', setting, ...room])
    expect([answered.exitCode, answered.stdout]).toEqual([1, 'redriven: 8\n'])
    expect(answered.stderr).toContain('4 are left')
    expect(await counts()).toEqual({ dead: 4, waiting: 8 })
  })
})
