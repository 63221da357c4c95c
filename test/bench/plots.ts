// The figures of a published run as pictures: `pnpm bench:plots` draws docs/figures/*.svg from docs/figures/performance.json.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import { root } from '../support/processes.ts'
import { type Reader, type Results, readerOf } from './figures.ts'

const folder = join(root, 'docs/figures')
// bench.ts wrote it.
const results = JSON.parse(readFileSync(join(folder, 'performance.json'), 'utf8')) as Results
const figures = readerOf(results)

/** A bar, and what its row and colour say. */
interface Bar {
  readonly row: string
  readonly kind: string
  readonly value: number
}

const peers = [
  'floor',
  'ours',
  'octokit',
  "Redcumbre's snippet",
  'stripe',
  'svix',
  'standardwebhooks',
  'tern',
]
const hosts = ['express 4', 'express 5', 'fastify', 'hono', 'node:http']
const variants = [
  'bare',
  'by hand',
  'equal duties',
  'memory',
  'memory, HTTP spans, otel',
  'sqlite',
  'bullmq',
  'handled, redis',
]
const rates = [500, 1_000, 2_000]

/** Those that were measured. */
function bars(
  rows: readonly (string | number)[],
  kinds: readonly string[],
  read: (reader: Reader, row: string | number, kind: string) => number | undefined,
): Bar[] {
  return rows.flatMap((row) =>
    kinds.flatMap((kind) => {
      const value = read(figures, row, kind)
      return value === undefined ? [] : [{ row: String(row), kind, value }]
    }),
  )
}

const pictures: Readonly<Record<string, TopLevelSpec>> = {
  verify: {
    ...base('Verifying 436 bytes, HMAC-SHA256: microseconds a call, less is better'),
    data: {
      values: bars(peers, [''], (reader, row) => inMicroseconds(reader.median(`verify/436 B/${row}`))),
    },
    layer: horizontal(
      { x: { field: 'value', type: 'quantitative', scale: { type: 'log' }, title: 'us (log)' } },
      peers,
    ),
  },
  http: {
    ...base('Requests for each second of CPU, 128 connections, more is better'),
    data: {
      values: bars(hosts, variants, (reader, row, kind) =>
        perCpuSecond(reader.median(`http-cpu/${row} at 128/${kind}`)),
      ),
    },
    mark: 'bar',
    encoding: {
      y: { field: 'row', type: 'nominal', title: null, sort: hosts },
      yOffset: { field: 'kind', sort: [...variants] },
      x: { field: 'value', type: 'quantitative', title: 'requests per CPU second' },
      color: { field: 'kind', type: 'nominal', sort: [...variants], title: null },
    },
  },
  latency: {
    ...base('p99 of an answer at a fixed rate, Fastify: milliseconds from the intended time, less is better'),
    data: {
      values: bars(rates, ['by hand', 'memory', 'sqlite', 'bullmq'], (reader, row, kind) =>
        reader.median(`latency/fastify at ${row} per second/${kind} p99`),
      ),
    },
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'row', type: 'ordinal', title: 'requests per second', sort: rates.map(String) },
      y: { field: 'value', type: 'quantitative', title: 'ms' },
      color: { field: 'kind', type: 'nominal', title: null },
    },
  },
}

function base(title: string) {
  return { title: { text: title, anchor: 'start' as const }, width: 560, background: 'white' }
}

/** Points with their value beside. */
function horizontal(
  encoding: { readonly x: { field: 'value'; type: 'quantitative'; scale: { type: 'log' }; title: string } },
  sort: readonly string[],
) {
  const shared = { ...encoding, y: { field: 'row', type: 'nominal' as const, title: null, sort: [...sort] } }
  return [
    // A scale that has no zero has no bars.
    { mark: { type: 'point' as const, filled: true, size: 90 }, encoding: shared },
    {
      mark: { type: 'text' as const, align: 'left' as const, dx: 9 },
      encoding: { ...shared, text: { field: 'value', type: 'quantitative' as const, format: '.3~r' } },
    },
  ]
}

function inMicroseconds(ns: number | undefined): number | undefined {
  return ns === undefined ? undefined : ns / 1_000
}

function perCpuSecond(microseconds: number | undefined): number | undefined {
  return microseconds === undefined ? undefined : 1e6 / microseconds
}

for (const [name, spec] of Object.entries(pictures)) {
  const svg = await new View(parse(compile(spec).spec), { renderer: 'none' }).toSVG()
  writeFileSync(join(folder, `${name}.svg`), `${svg}\n`)
  console.log(`docs/figures/${name}.svg`)
}
