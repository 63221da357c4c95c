import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { findSecrets } from './forms.ts'

const secret = 'p4ss "wörd" of/more+than sixteen bytes'
const bytes = Buffer.from(secret)

describe('the search for secrets', () => {
  it.each<[string, string]>([
    ['as it is', `a line with ${secret}.`],
    ['in JSON', JSON.stringify({ nested: JSON.stringify({ secret }) })],
    ['as Node prints it', inspect({ secret })],
    ['its first half', secret.slice(0, 20)],
    ['its last half', secret.slice(-20)],
    ['in hex', bytes.toString('hex')],
    ['in HEX', bytes.toString('hex').toUpperCase()],
    ['in base64', bytes.toString('base64')],
    ['in base64url', bytes.toString('base64url')],
    ['in base64 of more', Buffer.from(`user:${secret} and more`).toString('base64')],
    ['in base64 of more, a byte later', Buffer.from(`user1:${secret}`).toString('base64')],
    ['in base64 of more, two bytes later', Buffer.from(`user12:${secret}`).toString('base64')],
    ['as a Buffer', inspect(bytes)],
    ['as a Buffer in JSON', JSON.stringify(bytes)],
    ['as a Uint8Array in JSON', JSON.stringify(new Uint8Array(bytes))],
    ['in an address', `https://example.com/?key=${encodeURIComponent(secret)}`],
    ['in wrapped base64', bytes.toString('base64').replaceAll(/.{20}/g, '$&\n')],
  ])('finds one %s', (_, text) => {
    expect(findSecrets(text, { planted: secret })).not.toEqual([])
  })

  it('finds nothing in a text without it', () => {
    const other = 'p5ss "wörd" of/more+than sixteen byte'
    expect(
      findSecrets(JSON.stringify({ other, hex: Buffer.from(other).toString('hex') }), { planted: secret }),
    ).toEqual([])
  })
})
