import type { Draft, Signed } from './cases.ts'
import type { Random } from './random.ts'
import { signatureMutations } from './signature-mutations.ts'
import { textMutations } from './text-mutations.ts'

/** Changes a draft in place; what it was made from does not change. */
export type Mutation = (draft: Draft, random: Random, base: Signed) => void

type BodyMutation = (body: Buffer, random: Random, base: Signed) => Buffer

const byteOrderMark = Buffer.from('\ufeff')
const splice = (body: Buffer, place: number, removed: number, added: Uint8Array): Buffer =>
  Buffer.concat([body.subarray(0, place), added, body.subarray(place + removed)])

/** A place among the headers that prove something: they stand last. */
const securityPlace = ({ headers }: Draft, base: Signed, random: Random): number =>
  Math.max(0, headers.length - 1 - random.below(base.security.size))

const setHeader = (draft: Draft, name: string, value: string): void => {
  for (const header of draft.headers) if (header[0] === name) header[1] = value
}

const headerMutations: Readonly<Record<string, Mutation>> = {
  'repeat a header'(draft, random, base) {
    const [name, value] = draft.headers[securityPlace(draft, base, random)] ?? ['', '']
    const copy = random.pick([value, `${value}0`, '', 'x', random.pick(base.foreign)])
    const spelt = random.pick([name, name.toUpperCase(), name.toLowerCase()])
    draft.headers.splice(random.below(draft.headers.length + 1), 0, [spelt, copy])
  },
  'drop a header': (draft, random, base) => draft.headers.splice(securityPlace(draft, base, random), 1),
  'rename a header'(draft, random, base) {
    const header = draft.headers[securityPlace(draft, base, random)]
    const suffix = random.pick([' ', '-', '\0', '2', ':'])
    if (header)
      header[0] = random.pick([`x-${header[0]}`, header[0] + suffix, header[0].replaceAll('-', '_')])
  },
  'change the case of a name'(draft, random, base) {
    const header = draft.headers[securityPlace(draft, base, random)]
    if (header)
      header[0] = random.chance(0.5)
        ? header[0].toUpperCase()
        : header[0].replace(/^./, (c) => c.toUpperCase())
  },
  'swap two values'(draft, random, base) {
    const one = draft.headers[securityPlace(draft, base, random)]
    const other = draft.headers[random.below(draft.headers.length)]
    if (one && other) [one[1], other[1]] = [other[1], one[1]]
  },
  'add other headers'(draft, random) {
    const name = random.pick([
      '__proto__',
      'constructor',
      'x-other',
      '',
      'X-Signature-256',
      'content-encoding',
    ])
    draft.headers.splice(random.below(draft.headers.length + 1), 0, [
      name,
      random.bytes(8).toString('latin1'),
    ])
  },
}

const bodyMutations: Readonly<Record<string, BodyMutation>> = {
  'flip a bit'(body, random) {
    const flipped = Buffer.from(body)
    const bit = random.below(body.length * 8)
    if (body.length > 0) flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
    return flipped
  },
  'cut short': (body, random) => body.subarray(0, random.below(body.length + 1)),
  'keep the end': (body, random) => body.subarray(random.below(body.length + 1)),
  'add bytes': (body, random) =>
    splice(body, random.below(body.length + 1), 0, random.bytes(1 + random.below(4))),
  'remove a byte': (body, random) => splice(body, random.below(body.length + 1), 1, Buffer.alloc(0)),
  'end otherwise': (body, random) =>
    Buffer.concat([body, Buffer.from(random.pick(['\n', '\r\n', ' ', '\0', '\x80']))]),
  'begin with a mark': (body) => Buffer.concat([byteOrderMark, body]),
  'lose the mark': (body) => (body.indexOf(byteOrderMark) === 0 ? body.subarray(3) : body.subarray(0, -1)),
  'as text and back': (body) => Buffer.from(body.toString()),
  'as latin1 and back': (body) => Buffer.from(body.toString('latin1')),
  twice: (body) => Buffer.concat([body, body]),
  nothing: () => Buffer.alloc(0),
  'a signed part joins it'(body, random, { security, subject }) {
    const parts = [...security].filter(([name]) => name !== subject.header).map(([, value]) => value)
    return Buffer.from(`${random.pick([parts.join('.'), ...parts, ''])}.${body.toString('latin1')}`, 'latin1')
  },
}

/** Moves a joint to a dot of the body: what is signed then reads the same from end to end, in other parts. */
function moveJoint(draft: Draft, _: Random, { security, subject }: Signed): void {
  const [id = '', time = ''] = [...security.keys()].filter((name) => name !== subject.header)
  const dot = Math.max(0, draft.body.indexOf('.'))
  setHeader(draft, id, `${security.get(id)}.${security.get(time)}`)
  setHeader(draft, time, draft.body.subarray(0, dot).toString('latin1'))
  draft.body = draft.body.subarray(dot + 1)
}

/** Every mutation by name, in groups, each as likely as the others. */
export const mutationGroups: readonly (readonly [string, Mutation])[][] = [
  Object.entries(signatureMutations).map(([name, mutate]) => [
    `signature: ${name}`,
    (draft, random, base) => setHeader(draft, base.subject.header, mutate(base, random)),
  ]),
  Object.entries(textMutations).map(([name, mutate]) => [
    `header: ${name}`,
    (draft, random, base) => {
      const header = draft.headers[securityPlace(draft, base, random)]
      if (header) header[1] = mutate(header[1], random)
    },
  ]),
  Object.entries(headerMutations).map(([name, mutate]) => [`headers: ${name}`, mutate]),
  [
    ...Object.entries(bodyMutations).map(([name, mutate]): [string, Mutation] => [
      `body: ${name}`,
      (draft, random, base) => {
        draft.body = mutate(draft.body, random, base)
      },
    ]),
    ['body: move a joint', moveJoint],
  ],
]
