import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root, run } from '../support/processes.ts'
import { dashboardErrors } from './dashboard-errors.ts'
import { parseMetricNames } from './metric-names.ts'
import { openShop, planted, type Shop, visit } from './shop.ts'

const monitoring = join(root, 'packages/prometheus/monitoring')
const rules = readFileSync(join(monitoring, 'rules.yml'), 'utf8')
const ruleTests = readFileSync(join(monitoring, 'rules.test.yml'), 'utf8')
const dashboardText = readFileSync(join(monitoring, 'dashboard.json'), 'utf8')

interface Query {
  readonly expr: string
}
interface DashboardParts {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly Query[] }[]
  readonly templating: { readonly list: readonly { readonly query: string | { readonly query: string } }[] }
}
const dashboard = JSON.parse(dashboardText) as DashboardParts
const panels = dashboard.panels.filter(({ targets }) => targets !== undefined)
const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
const variables = dashboard.templating.list.map(({ query }) =>
  typeof query === 'string' ? query : query.query,
)

const folder = mkdtempSync(join(tmpdir(), 'acuse-monitoring-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the scrape of a running shop', () => {
  let shop: Shop
  const scrape = { text: '', contentType: '' }
  beforeAll(async () => {
    shop = await openShop()
    await visit(shop)
    const response = await fetch(`${shop.origin}/metrics`)
    scrape.contentType = response.headers.get('content-type') ?? ''
    scrape.text = await response.text()
  })
  afterAll(() => shop.close())

  it('is of the type that Prometheus asks for, and has what happened', () => {
    expect(scrape.contentType).toMatch(/^text\/plain; version=0\.0\.4/)
    const value = (start: string): string[] =>
      scrape.text.split('\n').filter((line) => line.startsWith(start))
    expect(value('acuse_deliveries_accepted_total')).toHaveLength(4)
    expect(value('acuse_deliveries_duplicate_total').join()).toMatch(/event="bhe\.emitida"} 1$/)
    expect(value('acuse_requests_rejected_total').join()).toMatch(
      /code="time-past",status="401",authentic="true"} 1/,
    )
    expect(value('acuse_requests_rejected_total').join()).toMatch(
      /code="signature-mismatch".*authentic="false"} 1/,
    )
    expect(value('acuse_attempts_failed_total').join('\n')).toMatch(/acme.*handler=".*ship"} 1/)
    expect(value('acuse_dead_letters_total').join()).toMatch(/reason="unrecoverable"} 1/)
    expect(value('acuse_retry_lateness_seconds_count').join()).toMatch(/acme.* 1$/)
    expect(value('acuse_signed_ago_seconds_count').join()).toMatch(/acme.* 1$/)
    expect(
      value('acuse_inbox_deliveries{')
        .filter((line) => / [1-9]/.test(line))
        .join('\n'),
    ).toMatch(/event="bhe\.emision_fallida",state="waiting"} 1/)
    expect(value('acuse_inbox_up')).toEqual(['acuse_inbox_up{inbox="main"} 1'])
  })

  it('has no lint that promtool finds', async () => {
    const checking = run('promtool', ['check', 'metrics'])
    checking.child.stdin?.end(scrape.text)
    expect(await checking).toEqual({ stdout: '', stderr: '' })
  })

  it('holds no secret, and nothing of a person', () => {
    const { secret, whsec, person } = planted
    const forms = [secret, whsec, person].flatMap((text) => {
      const bytes = Buffer.from(text)
      return [text, bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')]
    })
    const key = Buffer.from(whsec.slice('whsec_'.length), 'base64')
    const raw = [key.toString('hex'), key.toString('latin1'), Buffer.from(secret, 'hex').toString('base64')]
    expect([...forms, ...raw].filter((form) => scrape.text.includes(form))).toEqual([])
  })

  it.each([
    ['alert rules', rules],
    ['cases of the rules', ruleTests],
    ['dashboard', [...expressions, ...variables].join('\n')],
  ])('has every metric and every label that the %s name', (_name, text) => {
    const { metrics, labels } = parseMetricNames(scrape.text)
    const named = new Set(text.match(/\bacuse_[a-z_]+/g))
    expect(named.size).toBeGreaterThan(3)
    expect([...named].filter((name) => !metrics.has(name))).toEqual([])
    const selected = [...text.matchAll(/\b([a-z_]+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label]) => label ?? '')
    const grouped = [...text.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/))
    const used = new Set([...selected, ...grouped])
    // Those that Prometheus adds.
    expect([...used].filter((label) => !labels.has(label) && !['job', 'instance'].includes(label))).toEqual(
      [],
    )
  })

  it('has no metric that the dashboard leaves out', () => {
    const { families } = parseMetricNames(scrape.text)
    const text = expressions.join('\n')
    expect(families.filter((name) => !text.includes(name))).toEqual([])
  })
})

describe('the alert rules', () => {
  it('are rules, as promtool reads them', async () => {
    const { stdout } = await run('promtool', ['check', 'rules', 'rules.yml'], { cwd: monitoring })
    expect(stdout).toMatch(/SUCCESS: 12 rules found/)
  })

  it('fire in the cases that say so, and in no other', async () => {
    await run('promtool', ['test', 'rules', 'rules.test.yml'], { cwd: monitoring })
  })

  it('that never fire, or always do, fail their cases', async () => {
    writeFileSync(join(folder, 'rules.test.yml'), ruleTests)
    for (const other of ['> 1e9', '> -1e9']) {
      writeFileSync(join(folder, 'rules.yml'), rules.replace(/> [\d.]+|== \d/g, other))
      await expect(run('promtool', ['test', 'rules', 'rules.test.yml'], { cwd: folder })).rejects.toThrow()
    }
  })

  it('have each a case that fires and one that does not, and a place in the documentation', () => {
    const page = readFileSync(join(root, 'docs/observability.md'), 'utf8')
    const names = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name ?? '')
    expect(names).toHaveLength(12)
    for (const name of names) {
      expect(ruleTests).toMatch(new RegExp(`alertname: ${name}\\n\\s+exp_alerts:\\n`))
      expect(ruleTests).toMatch(new RegExp(`alertname: ${name}\\n\\s+exp_alerts: \\[\\]`))
      expect(rules).toContain(`runbook: docs/observability.md#${name.toLowerCase()}\n`)
      expect(page).toContain(`### ${name}\n`)
    }
  })
})

describe('the dashboard', () => {
  it('is one by Grafana’s own types: nothing is missing, unknown or of another kind', () => {
    expect(dashboardErrors(dashboardText)).toEqual([])
  })

  it.each([
    ['a panel of another kind', '"type": "stat"', '"type": "stats"'],
    ['a misspelt setting', '"drawStyle"', '"drawstyle"'],
    ['a wrong value', '"placement": "bottom"', '"placement": "below"'],
    ['a number as text', '"schemaVersion": 39', '"schemaVersion": "39"'],
  ])('with %s is none', (_name, text, other) => {
    expect(dashboardText).toContain(text)
    expect(dashboardErrors(dashboardText.replace(text, other))).not.toEqual([])
  })

  it('has queries that Prometheus parses', async () => {
    const filled = expressions.map((each) =>
      each
        .replaceAll('$__rate_interval', '5m')
        .replaceAll('$__range', '6h')
        .replaceAll(/\$[a-z]+/g, '.*'),
    )
    expect(filled.length).toBeGreaterThan(30)
    const lines = filled.flatMap((each, at) => [`  - record: n${at}`, `    expr: ${JSON.stringify(each)}`])
    const file = join(folder, 'dashboard.yml')
    writeFileSync(file, ['groups:', '- name: dashboard', '  rules:', ...lines].join('\n'))
    const { stdout } = await run('promtool', ['check', 'rules', file])
    expect(stdout).toContain(`SUCCESS: ${filled.length} rules found`)
    writeFileSync(file, ['groups:', '- name: x', '  rules:', '  - record: x', '    expr: sum(('].join('\n'))
    await expect(run('promtool', ['check', 'rules', file])).rejects.toThrow()
  })
})
