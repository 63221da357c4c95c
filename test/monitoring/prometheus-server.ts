import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../support/processes.ts'

/** A sample of an answer. */
interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [at: number, value: string]
}

/** A Prometheus that scrapes one address. */
export interface PrometheusServer {
  /** What a query answers now; rejects where it is none. */
  query(expression: string): Promise<readonly Sample[]>
  /** The names of alerts that fire. */
  alerts(): Promise<readonly string[]>
  stop(): Promise<void>
}

interface ActiveAlert {
  readonly labels: { readonly alertname: string }
  readonly state: 'pending' | 'firing'
}

interface Answer<Data> {
  readonly status: string
  readonly error?: string
  readonly data: Data
}

/** Starts a server that scrapes an address every second, with rules. */
export async function startPrometheus(target: string, rules: string): Promise<PrometheusServer> {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-prometheus-'))
  const port = await freePort()
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [rules],
    scrape_configs: [{ job_name: 'shop', static_configs: [{ targets: [target] }] }],
  }
  // JSON is YAML.
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config))
  const child = spawn(
    'prometheus',
    [`--web.listen-address=127.0.0.1:${port}`, '--config.file=prometheus.yml', '--storage.tsdb.path=data'],
    { cwd: folder, stdio: 'ignore' },
  )
  const endNow = (): void => {
    child.kill('SIGKILL')
  }
  process.once('exit', endNow)
  const origin = `http://127.0.0.1:${port}`
  for (;;) {
    const isReady = await fetch(`${origin}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) break
    if (child.exitCode !== null) throw new Error(`prometheus ended with ${child.exitCode}`)
    await sleep(50)
  }
  async function ask<Data>(path: string): Promise<Data> {
    const answer = (await (await fetch(origin + path)).json()) as Answer<Data>
    if (answer.status !== 'success') throw new Error(answer.error)
    return answer.data
  }
  return {
    async query(expression) {
      const path = `/api/v1/query?${new URLSearchParams({ query: expression })}`
      return (await ask<{ readonly result: readonly Sample[] }>(path)).result
    },
    async alerts() {
      const { alerts } = await ask<{ readonly alerts: readonly ActiveAlert[] }>('/api/v1/alerts')
      return alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname)
    },
    async stop() {
      process.off('exit', endNow)
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
