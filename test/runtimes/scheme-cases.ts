import { defineProvider, ed25519, type JsonObject, type Provider, rsa, type Scheme } from '@acuse/core'
import { zenpli } from '@acuse/providers/zenpli'
import body from '../vectors/body.bin'
import edSignature from '../vectors/ed25519.txt'
import edKey from '../vectors/ed25519-public.pem'
import rsaSignature from '../vectors/rsa-pkcs1-sha256.txt'
import pssSignature from '../vectors/rsa-pss-sha512.txt'
import rsaKey from '../vectors/rsa-public.pem'
import { equal } from './expect.ts'
import { post } from './requests.ts'
import type { Case } from './shared-cases.ts'
import type { Subject } from './subjects.ts'

const header = 'x-zenpli-signature'
const path = '/webhooks/zenpli'

interface Callbacks {
  callback: JsonObject
}

/** A provider that takes the vectors' body, with any scheme. */
function providerWith(scheme: Scheme): Provider<Callbacks> {
  const callback = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } }
  return defineProvider<Callbacks>({
    name: 'vectors',
    path,
    scheme,
    events: { callback: callback as never },
    time: { of: 'event', format: 'rfc3339', required: false, signed: true },
    envelope: () => ({ type: 'callback' }),
  })
}

/** Throws unless the vector is accepted and handled, and refused with one bit flipped in body or signature. */
async function verifies(subject: Subject, provider: Provider<Callbacks>, signature: string): Promise<void> {
  const host = subject.of(provider)
  const handled = new Promise<JsonObject>((resolve) => host.on('callback', (event) => resolve(event.payload)))
  const changed = body.slice()
  changed[30] = (changed[30] as number) ^ 1
  const otherSignature = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1)
  const statuses: number[] = []
  for (const [bytes, value] of [
    [changed, signature],
    [body, otherSignature],
    [body, signature],
  ] as const) {
    const call = post(bytes, { [header]: value, 'x-session-id': '789xyz' }, path)
    statuses.push((await host.answer(call)).status)
  }
  equal(
    [statuses, host.codes],
    [
      [401, 401, 200],
      ['signature-mismatch', 'signature-mismatch'],
    ],
  )
  equal(await handled, JSON.parse(new TextDecoder().decode(body)))
  await host.close()
}

/** Signatures that OpenSSL made: `test/vectors/make.sh`. */
export const schemeCases: readonly Case[] = [
  {
    says: "Zenpli's RSA (PKCS#1 v1.5, SHA-256) verifies what OpenSSL signed",
    run: (subject) =>
      verifies(subject, zenpli({ rsa: rsaKey }) as unknown as Provider<Callbacks>, rsaSignature),
  },
  {
    says: 'RSA-PSS with SHA-512 verifies what OpenSSL signed',
    run(subject) {
      const scheme = rsa({ header, publicKey: rsaKey, padding: 'pss', hash: 'sha512' })
      return verifies(subject, providerWith(scheme), pssSignature)
    },
  },
  {
    says: 'Ed25519 verifies what OpenSSL signed',
    run: (subject) => verifies(subject, providerWith(ed25519({ header, publicKey: edKey })), edSignature),
  },
]
