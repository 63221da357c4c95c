import { createHash, generateKeyPairSync } from 'node:crypto'
import type { CatalogueEntry, Role } from '../../packages/cli/src/catalogue/entry.ts'

/** What no log, span or metric may show of a payload. */
export const person = { rut: '12.345.678-5', email: 'rosa.plantada@example.cl' } as const

/** What a sender is made from, and which texts of it nothing may show. */
export interface Planted {
  readonly making: (role: Role) => Parameters<Awaited<ReturnType<CatalogueEntry['load']>>>[0]
  readonly secrets: Readonly<Record<string, string>>
  /** The shared secret; `undefined`: a key pair proves requests. */
  readonly shared: string | undefined
}

/** Secrets of one sender, nobody else's. */
export function plant(name: string, entry: CatalogueEntry): Planted {
  const required = Object.entries(entry.options ?? {}).filter(([, option]) => option.required)
  const options = Object.fromEntries(required.map(([option, { example }]) => [option, example]))
  if (entry.key === 'secret') {
    const shared = sharedSecret(name, entry)
    return { making: (role) => ({ role, secrets: [shared], options }), secrets: { [name]: shared }, shared }
  }
  const pem = privatePem(entry)
  const lines = pem.split('\n').filter((line) => line.length >= 32 && !line.startsWith('-----'))
  // The first line of an RSA key holds what is public, too; the last ones do not.
  const secret = lines.at(-1) ?? pem
  return {
    making: (role) =>
      entry.key === 'public-key' || role === 'send'
        ? { role, secrets: [pem], options }
        : { role, secrets: [entry.placeholder ?? name], options: { ...options, privateKeyFile: pem } },
    secrets: { [`${name}, private key`]: secret },
    shared: undefined,
  }
}

/** In the form that the sender has it: `whsec_` and base64, user and password, or hex digits. */
function sharedSecret(name: string, { placeholder = '' }: CatalogueEntry): string {
  const bytes = createHash('sha256').update(`planted for ${name}`).digest()
  if (placeholder.startsWith('whsec_')) return `whsec_${bytes.toString('base64')}`
  return placeholder.includes(':') ? `user:${bytes.toString('hex')}` : bytes.toString('hex')
}

function privatePem({ proof }: CatalogueEntry): string {
  const { privateKey } =
    proof === 'Ed25519'
      ? generateKeyPairSync('ed25519')
      : proof === 'RSA'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}
