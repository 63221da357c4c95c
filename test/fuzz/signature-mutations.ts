import type { Signed } from './cases.ts'
import type { Random } from './random.ts'

/** Another value of the header that carries the proof, by someone who knows how it is written. */
export type SignatureMutation = (base: Signed, random: Random) => string

type Encoding = 'hex' | 'base64' | 'base64url'

const encodings = ['hex', 'base64', 'base64url'] as const
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const marks = [
  'sha256=',
  'SHA256=',
  'sha512=',
  'sha1=',
  'v1,',
  'v1=',
  'v0=',
  'v1a,',
  'Bearer ',
  'bearer ',
  'BEARER ',
]
const otherMarks = [
  'Bearer  ',
  'Bearer\t',
  'Bearer',
  'Basic ',
  'Token ',
  'Bearer Bearer ',
  'hmac ',
  '=',
  ',',
  '.',
]

const textOf = ({ subject, value }: Signed): string => value.slice(subject.prefix.length)

/** A key in a header is bytes as they are. */
function bytesOf(base: Signed): Buffer {
  const { encoding } = base.subject
  return Buffer.from(textOf(base), encoding === 'raw' ? 'latin1' : encoding)
}

/** Other bytes in the one right spelling: what reaches the comparison itself. */
function spelt(base: Signed, bytes: Buffer, as?: Encoding): string {
  const { prefix, encoding } = base.subject
  return prefix + bytes.toString(as ?? (encoding === 'raw' ? 'latin1' : encoding))
}

/** Entries that a list may hold beside the right signature. */
const wellFormedEntries: readonly ((base: Signed, random: Random) => string)[] = [
  (base, random) => spelt(base, random.bytes(bytesOf(base).length)),
  (_, random) => random.pick(['v0=', 'sha1=', 'sha512=']) + random.bytes(20).toString('hex'),
  ({ value }) => value,
]
const anyEntries: typeof wellFormedEntries = [
  ...wellFormedEntries,
  ({ foreign }, random) => random.pick(foreign),
  (base, random) => random.pick(['', '=', 'x', 'v1a,eA==', base.subject.prefix, textOf(base)]),
]

/** The right signature at a random place of a list. */
function listOf(base: Signed, random: Random, count: number): readonly string[] {
  const kinds = random.chance(0.5) ? wellFormedEntries : anyEntries
  const entries = Array.from({ length: count }, () => random.pick(kinds)(base, random))
  entries[random.below(count)] = base.value
  return entries
}

function joined({ subject }: Signed, random: Random, entries: readonly string[]): string {
  const other = random.pick([',', ' ', ', ', ';'])
  return entries.join(random.chance(0.7) ? (subject.list?.separator ?? other) : other)
}

/** Mutations that know how a signature is written. */
export const signatureMutations: Readonly<Record<string, SignatureMutation>> = {
  'flip a bit of the decoded'(base, random) {
    const bytes = Buffer.from(bytesOf(base))
    const bit = random.below(bytes.length * 8)
    bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7))
    return spelt(base, bytes)
  },
  'cut the decoded'(base, random) {
    const bytes = bytesOf(base)
    return spelt(base, bytes.subarray(0, random.below(bytes.length + 1)))
  },
  'extend the decoded': (base, random) =>
    spelt(base, Buffer.concat([bytesOf(base), random.bytes(1 + random.below(8))])),
  'lead the decoded with zeros': (base, random) =>
    spelt(base, Buffer.concat([Buffer.alloc(1 + random.below(4)), bytesOf(base)])),
  'reverse the decoded': (base) => spelt(base, Buffer.from(bytesOf(base)).reverse()),
  'zeros or ones': (base, random) =>
    spelt(base, Buffer.alloc(bytesOf(base).length, random.pick([0, 1, 255]))),
  'another of the length': (base, random) => spelt(base, random.bytes(bytesOf(base).length)),
  'equal modulo the order': (base) => spelt(base, base.subject.equal?.(bytesOf(base)) ?? bytesOf(base)),
  're-encode': (base, random) => spelt(base, bytesOf(base), random.pick(encodings)),
  'encode twice': (base, random) => spelt(base, Buffer.from(textOf(base), 'latin1'), random.pick(encodings)),
  'other tail bits'(base, random) {
    const text = textOf(base)
    const place = text.replace(/=+$/, '').length - 1
    const tail = alphabet[alphabet.indexOf(text[place] as string) ^ random.below(16)] ?? 'A'
    return base.subject.prefix + text.slice(0, place) + tail + text.slice(place + 1)
  },
  'other padding': (base, random) =>
    base.value.replace(/=*$/, random.pick(['', '=', '==', '===', '====', '=AAAA', '%3D', '=\n', ' =', '\0'])),
  'url-safe alphabet': (base) => base.subject.prefix + textOf(base).replaceAll('+', '-').replaceAll('/', '_'),
  'line breaks': (base, random) => base.value.replace(/.{16}/g, `$&${random.pick(['\n', '\r\n', ' '])}`),
  'another mark before': (base, random) => random.pick([...marks, ...otherMarks]) + textOf(base),
  'a mark before': (base, random) => random.pick([...marks, ...otherMarks]) + base.value,
  'no prefix': textOf,
  'prefix alone': ({ subject }) => subject.prefix,
  'of another scheme': ({ foreign }, random) => random.pick(foreign),
  'of another scheme, marked': ({ subject, foreign }, random) =>
    subject.prefix + random.pick(foreign).replace(/^(?:sha256=|v1,)/, ''),
  'in a list': (base, random) => joined(base, random, listOf(base, random, 2 + random.below(4))),
  'in a list around the cap': (base, random) =>
    joined(base, random, listOf(base, random, 9 + random.below(4))),
  'in a list around the most bytes'(base, random) {
    const left = 4_096 - base.value.length - ',v0='.length
    const long = `v0=${'0'.repeat(left - 4 + random.below(9))}`
    return joined(base, random, [base.value, long])
  },
  'repeated to a list': ({ value, subject }, random) =>
    Array.from({ length: 2 + random.below(random.chance(0.05) ? 10_000 : 60) }, () => value).join(
      subject.list?.separator ?? random.pick([',', ' ', ', ']),
    ),
}
