/** The names of a scrape. */
export interface MetricNames {
  /** Every name that a query may have: of a histogram those of its parts too. */
  readonly metrics: ReadonlySet<string>
  /** As registered. */
  readonly families: readonly string[]
  readonly labels: ReadonlySet<string>
}

/** The names of what a scrape's text holds. */
export function parseMetricNames(text: string): MetricNames {
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type]) => ({ name, type }))
  const metrics = types.flatMap(({ name, type }) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  )
  const labels = [...text.matchAll(/[{,]([a-z_]+)="/g)].map(([, label = '']) => label)
  return { metrics: new Set(metrics), families: types.map(({ name }) => name), labels: new Set(labels) }
}
