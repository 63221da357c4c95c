export type { PrometheusBuckets, PrometheusMetricsOptions } from './options.ts'
export type { PrometheusMetrics } from './prometheus-metrics.ts'
export { prometheusMetrics } from './prometheus-metrics.ts'
