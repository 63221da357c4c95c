import type {
  BodyFinding,
  Finding,
  SecretFinding,
  SignatureFinding,
  SurroundingFinding,
} from '../model/finding.ts'

/** Findings as a sentence with a remedy, for the log; `undefined` where they say no more than the code. Nothing of the request's own text. */
export function findingsWords(findings: readonly Finding[]): string | undefined {
  const sentences = findings.flatMap((finding) => wordsOfFinding(finding) ?? [])
  return sentences.length === 0 ? undefined : sentences.join('. ')
}

function wordsOfFinding(finding: Finding): string | undefined {
  switch (finding.kind) {
    case 'signature-prefix':
      return prefixWords(finding)
    case 'signature-encoding':
    case 'signature-format':
    case 'hash':
    case 'padding':
    case 'salt-length':
      return differenceWords(finding)
    case 'signature-surrounded':
      return surroundedWords(finding)
    case 'secret-encoding':
      return secretWords(finding)
    case 'body-reencoded':
    case 'body-newline':
    case 'body-bom':
      return bodyWords(finding)
    default:
      return undefined
  }
}

const bySender = 'have the sender write it as the provider documents, or set the option of the scheme'

function prefixWords({ expected, found }: SignatureFinding): string {
  if (found === '') return `The signature lacks the prefix '${expected}': ${bySender} (prefix)`
  const instead = expected === '' ? 'none is expected' : `'${expected}' is expected`
  return `The signature begins with '${found}', and ${instead}: ${bySender} (prefix)`
}

const options: { readonly [Kind in SignatureFinding['kind']]: readonly [what: string, option: string] } = {
  'signature-prefix': ['prefix', 'prefix'],
  'signature-encoding': ['encoding', 'encoding'],
  'signature-format': ['format', 'format'],
  hash: ['hash', 'hash'],
  padding: ['padding', 'padding'],
  'salt-length': ['length of the salt', 'padding'],
}

function differenceWords({ kind, expected, found }: SignatureFinding): string {
  const [what, option] = options[kind]
  return `The signature has another ${what}, ${found} where ${expected} is expected: ${bySender} (${option})`
}

/** What stands beside it may be anything: it is named only where it is a quotation mark. */
function surroundedWords({ before, after }: SurroundingFinding): string {
  const isQuoted = before.length === 1 && before === after && '"\'`'.includes(before)
  const what = isQuoted ? 'The signature stands in quotation marks' : 'Something stands beside the signature'
  return `${what} in its header: look at how the sender, or what stands before this server, writes it`
}

function secretWords({ found }: SecretFinding): string {
  switch (found) {
    case 'hex':
    case 'base64':
      return `The sender signs with the bytes that the secret is the ${found} of: give Buffer.from(secret, '${found}')`
    case 'whsec':
      return "The sender signs with the bytes behind whsec_: give Buffer.from(secret.slice(6), 'base64')"
    case 'line-break':
      return 'The sender has the secret with a line break at its end: mend it there'
    case 'quotes':
      return 'The sender has the secret in quotation marks, which an .env file may have kept: mend it there'
    default:
      return 'The sender signs with the text of the secret, which was decoded here: give the text as the sender shows it'
  }
}

function bodyWords({ kind, fitsWhen }: BodyFinding): string {
  if (kind === 'body-reencoded')
    return `The signature fits the body printed anew as ${fitsWhen} JSON: it was parsed and written again. Have the sender sign the bytes that it sends, and whatever stands before this receiver leave them alone`
  const what = kind === 'body-newline' ? 'a line break at its end' : 'a byte order mark'
  return `The signature fits the body when ${what} is ${fitsWhen}: look for a proxy, or a sender, that changes bodies`
}
