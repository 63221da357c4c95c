import { describe, expect, it } from 'vitest'
import { sayFinding } from '../src/finding-texts.ts'
import type { Finding } from '../src/model/finding.ts'

const header = (['header-missing', 'header-repeated', 'header-malformed', 'header-mismatch'] as const).map(
  (kind): Finding => ({ kind, header: 'x-signature' }),
)
const signature = (
  ['signature-prefix', 'signature-encoding', 'signature-format', 'hash', 'padding', 'salt-length'] as const
).map((kind): Finding => ({ kind, expected: '', found: 'sha256=' }))
const findings: readonly Finding[] = [
  ...header,
  ...signature,
  { kind: 'value-malformed', place: 'query', name: 'sig' },
  { kind: 'value-malformed', place: 'body', name: 'sig' },
  { kind: 'value-malformed', place: 'field', name: 'sig' },
  { kind: 'signature-surrounded', header: 'x-signature', before: '"', after: '' },
  { kind: 'secret-encoding', found: 'hex' },
  { kind: 'secret-encoding', found: 'line-break' },
  { kind: 'other-key', keyId: 'old' },
  { kind: 'body-reencoded', fitsWhen: 'compact' },
  { kind: 'body-reencoded', fitsWhen: 'indented' },
  { kind: 'body-newline', fitsWhen: 'added' },
  { kind: 'body-newline', fitsWhen: 'removed' },
  { kind: 'body-bom', fitsWhen: 'added' },
  { kind: 'body-bom', fitsWhen: 'removed' },
  { kind: 'clock-skew', seconds: -720 },
  { kind: 'clock-skew', seconds: 720 },
  { kind: 'time-format', expected: 'unix-seconds', found: 'unix-ms' },
  { kind: 'unexplained', detail: '' },
  { kind: 'time-missing', detail: '' },
  { kind: 'request-refused', detail: 'method-not-allowed' },
]

describe('sayFinding', () => {
  it.each(findings)(
    'says of $kind what was found and what to do, another thing in each language',
    (finding) => {
      const [en, es] = [sayFinding('en', finding), sayFinding('es', finding)]
      for (const text of [en.evidence, en.remedy, es.evidence, es.remedy]) {
        expect(text).toMatch(/^\p{Lu}[\s\S]*\.$/u)
        expect(text).not.toMatch(/undefined|\[object/)
      }
      expect(es.evidence).not.toBe(en.evidence)
      expect(es.remedy).not.toBe(en.remedy)
    },
  )

  it('says two findings in two ways', () => {
    const said = findings.map((finding) => sayFinding('en', finding).evidence)
    expect(new Set(said).size).toBe(findings.length)
  })

  it('tells the past from the future, and names what it has', () => {
    expect(sayFinding('en', { kind: 'clock-skew', seconds: -720 }).evidence).toBe(
      'The signed time is 720 s in the past.',
    )
    expect(sayFinding('es', { kind: 'clock-skew', seconds: 720 }).evidence).toBe(
      'La hora firmada está 720 s en el futuro.',
    )
    expect(sayFinding('en', { kind: 'hash', expected: '', found: 'sha1' }).evidence).toContain(
      "expected none, found 'sha1'",
    )
  })
})
