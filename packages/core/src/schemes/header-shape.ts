import type { Finding } from '../model/finding.ts'
import type { SignatureHeader } from './signature-header.ts'

const knownPrefixes = /^(?:sha(?:1|256|512)=|v\d{1,2}[=,]|hmac |bearer )*/i
const quotes = '"\'`'
/** No signature is shorter than 20 bytes. */
const minHex = 40
const minBase64 = 27
const hexText = /^[0-9a-f]+$/i
const base64Text = /^[A-Za-z0-9+/_-]+={0,2}$/
const maxChars = 4_096
const maxShown = 40

/** What the look of a signature tells without a body or a key, where it is not written as the provider documents it. */
export function findingsOfShape(value: string, header: SignatureHeader): readonly Finding[] {
  if (value.length > maxChars) return []
  const quote = value.charAt(0)
  const inner = value.slice(1, -1)
  if (quote !== '' && quotes.includes(quote) && value.endsWith(quote) && inner !== '')
    return [{ kind: 'signature-surrounded', header: header.name, before: quote, after: quote }]
  for (const entry of header.split(value)) {
    const findings = findingsOfEntry(entry.trim(), header)
    if (findings.length > 0) return findings
  }
  return []
}

function findingsOfEntry(entry: string, { prefix, encodings }: SignatureHeader): readonly Finding[] {
  const own = prefix !== '' && entry.startsWith(prefix) ? prefix : ''
  const rest = entry.slice(own.length)
  const found = own + rest.slice(0, rest.length - rest.replace(knownPrefixes, '').length)
  const spelling = spellingOf(entry.slice(found.length))
  if (spelling === undefined || found.length > maxShown) return []
  const findings: Finding[] = []
  if (found !== prefix) findings.push({ kind: 'signature-prefix', expected: prefix, found })
  if (!encodings.some((each) => each === spelling))
    findings.push({ kind: 'signature-encoding', expected: encodings.join(' or '), found: spelling })
  return findings
}

/** How a text that can be a signature is written; `undefined` of any other. */
function spellingOf(text: string): string | undefined {
  if (hexText.test(text) && text.length >= minHex)
    return text === text.toLowerCase() ? 'hex' : 'upper-case hex'
  if (!base64Text.test(text) || text.length < minBase64) return undefined
  const isPlain = !/[-_]/.test(text) && text.length % 4 === 0
  return isPlain ? 'base64' : 'base64 without padding, or base64url'
}
