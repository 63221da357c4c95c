import { createHmac } from 'node:crypto'
import { apiKey, hmac, rsa, type Schemes } from '@acuse/core'
import { zenpli } from '@acuse/providers/zenpli'
import { describe, expect, it } from 'vitest'
import { fewOrAll } from '../support/full.ts'
import {
  flipBit,
  proofOf,
  requestOf,
  rsaKeys,
  type SchemeCase,
  schemeCases,
  secret,
  signedRequest,
} from '../support/schemes.ts'

const body = Buffer.from('{"event":"bhe.emitida","nombre":"José"}')
const signing = schemeCases.filter(({ receiver }) => receiver.signs.length > 0)

/** The verdict on a request whose proof header holds another value. */
function withProof(each: SchemeCase, value: string | readonly string[], bytes: Uint8Array = body) {
  return each.receiver.verify(requestOf({ ...proofOf(each, bytes), [each.header]: value }, bytes))
}

const isRefused = (verdict: Schemes.Verdict | undefined): boolean =>
  verdict !== undefined && 'code' in verdict && !('keyId' in verdict)

describe.each(schemeCases)('THREATS 2: timingSafeEqual throws on unequal lengths ($name)', (each) => {
  it('2: a proof of every length from 0 to 200 is refused without a throw', () => {
    const right = proofOf(each, body)[each.header] as string
    for (let length = 0; length <= 200; length++) {
      for (const value of ['a'.repeat(length), right.slice(0, length), right.padEnd(length, 'a')]) {
        if (value !== right) expect(isRefused(withProof(each, value)), `${length}`).toBe(true)
      }
    }
  })

  it('2: 64 characters that are not hex, not base64 or not ASCII, at the start, middle and end, are refused', () => {
    const right = proofOf(each, body)[each.header] as string
    const odd = Array.from({ length: 64 }, (_, at) => String.fromCharCode(at < 32 ? at : 0x80 + at * 37))
    for (const character of odd) {
      for (const at of [0, right.length >> 1, right.length - 1]) {
        expect(isRefused(withProof(each, right.slice(0, at) + character + right.slice(at + 1)))).toBe(true)
      }
    }
  })
})

/** Other spellings of the same bytes, and things added to the right one. */
function malleations(right: string): string[] {
  const added = [
    'zz',
    ', x',
    ',x',
    ';',
    ' ',
    '\t',
    '\n',
    '\0',
    '=',
    '==',
    '=AAAA',
    '00',
    'a',
    '%20',
    '+',
    '-',
    '_',
    '.',
    '"',
    ',',
  ]
  const prefixed = [
    ' ',
    '\t',
    '0x',
    '0X',
    'sha256=',
    'sha512=',
    'v1=',
    'v1,',
    '=',
    '"',
    "'",
    '+',
    ',',
    'Basic ',
    'hex:',
    '\ufeff',
  ]
  return [
    ...added.map((tail) => right + tail),
    ...prefixed.map((head) => head + right),
    right.toUpperCase(),
    right.toLowerCase(),
    right.replace(/[a-f]/, (digit) => digit.toUpperCase()),
    right.replace(/=+$/, ''),
    right.replaceAll('+', '-').replaceAll('/', '_'),
    `${right.slice(0, 8)} ${right.slice(8)}`,
    `${right.slice(0, 8)}\n${right.slice(8)}`,
    right.slice(1),
    right.slice(0, -1),
    right.replace(
      /(.)(=+)$/,
      (_, last: string, pad: string) => String.fromCharCode(last.charCodeAt(0) + 1) + pad,
    ),
    right.replace(/\d/, (digit) => String.fromCharCode(0xff10 + Number(digit))),
    `${right}${right}`,
  ].filter((value) => value !== right)
}

describe.each(schemeCases)('THREATS 3: decoders take many spellings of one value ($name)', (each) => {
  it('3: of more than 40 spellings one is accepted, the canonical one', () => {
    const right = proofOf(each, body)[each.header] as string
    const others = [...new Set(malleations(right))]
    expect(others.length).toBeGreaterThanOrEqual(40)
    expect(withProof(each, right)).toEqual({ keyId: 'default' })
    expect(others.filter((value) => !isRefused(withProof(each, value)))).toEqual([])
  })
})

describe.each(schemeCases)('THREATS 6: a proof that is left out ($name)', (each) => {
  it('6: dropping or blanking each header in turn is refused', () => {
    const proof = proofOf(each, body)
    for (const name of Object.keys(proof)) {
      const { [name]: _, ...rest } = proof
      for (const headers of [rest, { ...proof, [name]: '' }, { ...proof, [name]: ' ' }]) {
        expect(isRefused(each.receiver.verify(requestOf(headers, body))), name).toBe(true)
        expect(
          isRefused(each.receiver.check(requestOf(headers, body).headers)) || each.name === 'apiKey',
          name,
        ).toBe(true)
      }
    }
  })
})

describe.each(schemeCases)('THREATS 7: two headers of one name ($name)', (each) => {
  it('7: good and bad, bad and good, good and good, joined by a comma too: refused', () => {
    const proof = proofOf(each, body)
    for (const [name, good] of Object.entries(proof)) {
      const bad = good.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
      for (const pair of [
        [good, bad],
        [bad, good],
        [good, good],
      ]) {
        const verdict = each.receiver.verify(requestOf({ ...proof, [name]: pair }, body))
        expect(verdict, name).toEqual({ code: 'header-repeated', header: name })
        const joined = each.receiver.verify(requestOf({ ...proof, [name]: pair.join(', ') }, body))
        expect(isRefused(joined), name).toBe(true)
      }
    }
  })
})

describe.each(schemeCases)('THREATS 8: names of the prototype ($name)', (each) => {
  it('8: sent as header names and values, they pollute nothing and prove nothing', () => {
    for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
      expect(withProof(each, name)).not.toHaveProperty('keyId')
      const proof = { ...proofOf(each, body), ...Object.fromEntries([[name, 'polluted']]) }
      expect(each.receiver.verify(requestOf(proof, body))).toEqual({ keyId: 'default' })
    }
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('THREATS 9: a header with 10 000 signatures', () => {
  const header = 'x-signature'
  const several = hmac({ header, secret, separator: ',', prefix: 'v1=' })
  const right = several.sign?.(body)[header] as string
  const wrong = `v1=${'0'.repeat(64)}`

  it.each(schemeCases)('9: is refused ($name)', (each) => {
    const right = proofOf(each, body)[each.header] as string
    const value = Array.from({ length: 10_000 }, () => right).join(',')
    const request = requestOf({ ...proofOf(each, body), [each.header]: value }, body)
    expect(isRefused(each.receiver.verify(request))).toBe(true)
  })

  it('9: ten are tried, eleven are refused, whichever of them is right', () => {
    const list = (count: number, at: number) =>
      Array.from({ length: count }, (_, n) => (n === at ? right : wrong)).join(',')
    for (let at = 0; at < 10; at++) {
      expect(several.verify(requestOf({ [header]: list(10, at) }, body))).toEqual({ keyId: 'default' })
      expect(several.verify(requestOf({ [header]: list(11, at) }, body))).toEqual({
        code: 'header-malformed',
        header,
      })
    }
    expect(several.verify(requestOf({ [header]: list(10, 10) }, body))).toEqual({
      code: 'signature-mismatch',
    })
  })

  it('9: others than the stated version are skipped, and none left is refused', () => {
    const verify = (value: string) => several.verify(requestOf({ [header]: value }, body))
    expect(verify(`v1a=xyz,${right},v2=abc`)).toEqual({ keyId: 'default' })
    expect(verify('v1a=xyz,v2=abc')).toEqual({ code: 'header-malformed', header })
    expect(verify(`${right},v1=nonsense`)).toEqual({ code: 'header-malformed', header })
    expect(verify(right.padEnd(4_097, ','))).toEqual({ code: 'header-malformed', header })
  })
})

describe.each(signing)('THREATS 12: truncated signatures ($name)', (each) => {
  it('12: every shorter length, of the text and of the bytes, is refused', () => {
    const right = proofOf(each, body)[each.header] as string
    for (let length = 0; length < right.length; length++) {
      expect(isRefused(withProof(each, right.slice(0, length))), `${length}`).toBe(true)
    }
    const prefix = /^(?:sha256=|v1,)?/.exec(right)?.[0] ?? ''
    const encoding = /^[0-9a-f]+$/.test(right.slice(prefix.length)) ? 'hex' : 'base64'
    const bytes = Buffer.from(right.slice(prefix.length), encoding)
    for (let length = 0; length < bytes.length; length++) {
      expect(
        isRefused(withProof(each, prefix + bytes.subarray(0, length).toString(encoding))),
        `${length}`,
      ).toBe(true)
    }
    const longer = Buffer.concat([bytes, Buffer.alloc(1)])
    expect(isRefused(withProof(each, prefix + longer.toString(encoding)))).toBe(true)
  })
})

describe('THREATS 12: an RSA signature of another length than the modulus', () => {
  it('12: is refused, with zeros in front too', () => {
    const each = schemeCases.find(({ name }) => name === 'rsa pkcs1') as SchemeCase
    const right = Buffer.from(proofOf(each, body)[each.header] as string, 'base64')
    for (const zeros of [1, 2, 128]) {
      const padded = Buffer.concat([Buffer.alloc(zeros), right]).toString('base64')
      expect(isRefused(withProof(each, padded))).toBe(true)
    }
  })

  it('12: made with PSS is refused where PKCS#1 v1.5 is stated, and the other way round', () => {
    const pkcs1 = schemeCases.find(({ name }) => name === 'rsa pkcs1') as SchemeCase
    const pss = rsa({ header: 'x-signature', padding: 'pss', privateKey: rsaKeys.privateKey })
    expect(pkcs1.receiver.verify(requestOf(pss.sign?.(body) ?? {}, body))).toEqual({
      code: 'signature-mismatch',
    })
    expect(pss.verify(requestOf(proofOf(pkcs1, body), body))).toEqual({ code: 'signature-mismatch' })
  })
})

describe.each(signing)('THREATS 13: text instead of bytes ($name)', (each) => {
  const replacement = Buffer.from([0xef, 0xbf, 0xbd])

  it('13: signed EF BF BD, sent FF: refused', () => {
    expect(each.receiver.verify(requestOf(proofOf(each, replacement), Buffer.from([0xff])))).toEqual({
      code: 'signature-mismatch',
    })
  })

  it.each([
    ['binary', Buffer.from(Array.from({ length: 256 }, (_, at) => at))],
    ['with a byte order mark', Buffer.from('\ufeff{}')],
    ['empty', Buffer.alloc(0)],
    ['invalid UTF-8', Buffer.from([0xff, 0xfe, 0xc0, 0x80])],
  ])('13: a body that is %s is authentic', (_, bytes) => {
    expect(each.receiver.verify(signedRequest(each, bytes))).toEqual({ keyId: 'default' })
  })
})

describe('THREATS 14: separators inside a signed text', () => {
  const signs = [
    { header: 'x-id', as: 'id' },
    { text: '.' },
    { header: 'x-time', as: 'unix-seconds' },
    { text: '.' },
    { raw: 'body' },
  ] as const
  const scheme = hmac({ header: 'x-signature', secret, signs })

  it('14: id.1 + body and id + 1.body never both verify', () => {
    const time = '1765380600'
    const text = `id.${time}.1.body`
    const signature = createHmac('sha256', secret).update(text).digest('hex')
    const splits = [
      { id: 'id', time, rest: '1.body' },
      { id: `id.${time}`, time: '1', rest: 'body' },
      { id: 'id', time: `${time}.1`, rest: 'body' },
      { id: `id.${time}.1`, time: '', rest: 'body' },
      { id: '', time: `id.${time}`, rest: '1.body' },
    ]
    const verified = splits.filter(({ id, time: stated, rest }) => {
      const request = requestOf({ 'x-id': id, 'x-time': stated, 'x-signature': signature }, Buffer.from(rest))
      return !isRefused(scheme.verify(request))
    })
    expect(verified).toEqual([splits[0]])
  })

  it.each([
    ' 1765380600',
    '1765380600 ',
    '1765380600.0',
    '1e9',
    '0x10',
    '１７６５３８０６００',
    '17653806000',
    '',
  ])('14: a signed time written as %o is refused before the MAC, and cannot be signed', (time) => {
    const signature = createHmac('sha256', secret).update(`a.${time}.{}`).digest('hex')
    const request = requestOf({ 'x-id': 'a', 'x-time': time, 'x-signature': signature }, Buffer.from('{}'))
    expect(isRefused(scheme.check(request.headers))).toBe(true)
    expect(isRefused(scheme.verify(request))).toBe(true)
    expect(() => scheme.sign?.(body, { headers: { 'x-id': 'a', 'x-time': time } })).toThrow(TypeError)
  })
})

describe('every single bit', () => {
  const ofCurves = fewOrAll(256, 2_048)
  const bodyOf = (size: number) => {
    const text = JSON.stringify({ event: 'x', text: 'á'.repeat(size / 4) })
    return Buffer.concat([Buffer.from(text), Buffer.alloc(size, ' ')]).subarray(0, size)
  }
  // A body of 2 KB has 16 384 bits, each of which costs a curve ten times what it costs the others.
  const isCurve = ({ name }: SchemeCase) => /^(?:ecdsa|ed25519|any of)/.test(name)
  const sized = signing.map((each) => ({ each, name: each.name, size: isCurve(each) ? ofCurves : 2_048 }))

  it.each(sized)(
    'of the signature, the signed headers and a body of $size bytes flipped is refused ($name)',
    ({ each, size }) => {
      const large = bodyOf(size)
      const proof = proofOf(each, large)
      const accepted: string[] = []
      for (const [name, value] of Object.entries(proof)) {
        const bytes = Buffer.from(value, 'latin1')
        for (let bit = 0; bit < bytes.length * 8; bit++) {
          const flipped = { ...proof, [name]: flipBit(bytes, bit).toString('latin1') }
          if (!isRefused(each.receiver.verify(requestOf(flipped, large)))) accepted.push(`${name} bit ${bit}`)
        }
      }
      for (let bit = 0; bit < large.length * 8; bit++) {
        if (!isRefused(each.receiver.verify(requestOf(proof, flipBit(large, bit)))))
          accepted.push(`body bit ${bit}`)
      }
      expect(accepted).toEqual([])
    },
  )
})

describe('one scheme per endpoint', () => {
  it('6: a proof of one of Zenpli, sent to an endpoint of another, is refused', () => {
    const proofs = {
      rsa: { rsaPrivateKey: rsaKeys.privateKey },
      hmac: { hmac: secret },
      apiKey: { apiKey: secret },
    }
    const receivers = { rsa: { rsa: rsaKeys.publicKey }, hmac: { hmac: secret }, apiKey: { apiKey: secret } }
    for (const [sent, sender] of Object.entries(proofs)) {
      for (const [expected, receiver] of Object.entries(receivers)) {
        const headers = zenpli(sender).scheme.sign?.(body) ?? {}
        const verdict = zenpli(receiver).scheme.verify(requestOf(headers, body))
        expect(isRefused(verdict), `${sent} at ${expected}`).toBe(sent !== expected)
      }
    }
  })

  it('6: an API key that is sent as the signature of an HMAC is refused', () => {
    const header = 'x-signature'
    expect(isRefused(hmac({ header, secret }).verify(requestOf({ [header]: secret }, body)))).toBe(true)
    expect(apiKey({ header, key: secret }).verify(requestOf({ [header]: secret }, body))).toEqual({
      keyId: 'default',
    })
  })
})
