import { html, type Markup } from './html.ts'

const columns = 60
const width = 240
const height = 44

/** A small chart of bars, one path whatever the number of bars; it is described to those who cannot see it. */
export function chart(values: readonly number[], label: string, tone: string): Markup {
  const bars = toColumns(values)
  const most = Math.max(...bars, 0)
  const step = width / columns
  let path = ''
  for (const [at, value] of bars.entries()) {
    if (value <= 0) continue
    const tall = Math.max(1.5, (value / most) * (height - 4))
    path += `M${round(at * step)} ${height}v-${round(tall)}h${round(step - 1)}V${height}z`
  }
  return html`<svg class="chart ${tone}" viewBox="0 0 ${width} ${height + 1}" role="img" aria-label="${label}" preserveAspectRatio="none"><path class="base" d="M0 ${height + 0.5}h${width}"/><path class="bars" d="${path}"/></svg>`
}

/** As many as fit, each the greatest of those that it stands for: a peak does not vanish. */
function toColumns(values: readonly number[]): readonly number[] {
  const each = Math.max(1, Math.ceil(values.length / columns))
  return Array.from({ length: Math.ceil(values.length / each) }, (_, n) =>
    Math.max(...values.slice(n * each, (n + 1) * each)),
  )
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
