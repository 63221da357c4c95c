import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { explain, fromRawHeaders } from '@acuse/core'
import { createSender } from '@acuse/sender'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../src/catalogue/catalogue.ts'
import type { CatalogueEntry, Role } from '../src/catalogue/entry.ts'
import { acuse } from './support.ts'

function privatePem({ proof }: CatalogueEntry): string {
  const { privateKey } =
    proof === 'Ed25519'
      ? generateKeyPairSync('ed25519')
      : proof === 'RSA'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** What each side is made from, where both are of one sender. */
function makings(
  entry: CatalogueEntry,
): (role: Role) => Parameters<Awaited<ReturnType<CatalogueEntry['load']>>>[0] {
  const pem = entry.key === 'secret' ? '' : privatePem(entry)
  const secret = entry.placeholder ?? 'f35d8d4f0c1be2a79356d8b1c4e07a92'
  const required = Object.entries(entry.options ?? {}).filter(([, option]) => option.required)
  const options = Object.fromEntries(required.map(([name, { example }]) => [name, example]))
  return (role) => {
    if (entry.key === 'secret') return { role, secrets: [secret], options }
    if (entry.key === 'public-key' || role === 'send') return { role, secrets: [pem], options }
    return { role, secrets: [secret], options: { ...options, privateKeyFile: pem } }
  }
}

describe('every sender of the catalogue', () => {
  it.each(Object.entries(catalogue))('%s is accepted by its own receiver', async (_, entry) => {
    const make = await entry.load()
    const of = makings(entry)
    const url = 'https://app.example.cl/webhooks/here'
    const sender = createSender({ provider: () => make(of('send')), secret: undefined, url })
    const [event] = await sender.events()
    const signed = await sender.sign(String(event) as never)
    const headers = fromRawHeaders(Object.entries(signed.headers).flat())
    const { pathname, search } = new URL(signed.url)
    const request = { method: signed.method, url: `${pathname}${search}`, headers, body: signed.body }
    expect(await explain(request, make(of('receive')))).toEqual({ kind: 'passed', findings: [] })
  })
})

describe('acuse completion', () => {
  it('prints a script that bash runs, and that completes providers', async () => {
    const { stdout } = await acuse(['completion', 'bash'])
    const asked = 'COMP_WORDS=(acuse explain --provider str); COMP_CWORD=3; _acuse; echo $COMPREPLY'
    expect(execFileSync('bash', ['-c', `${stdout}\n${asked}`], { encoding: 'utf8' })).toBe('stripe\n')
  })

  it('prints one for zsh and fish, and none for others', async () => {
    expect((await acuse(['completion', 'zsh'])).stdout).toMatch(/^#compdef acuse\n/)
    expect((await acuse(['completion', 'fish'])).stdout).toContain("-a 'bitbucket calendly")
    expect((await acuse(['completion', 'csh'])).exitCode).toBe(2)
  })
})
