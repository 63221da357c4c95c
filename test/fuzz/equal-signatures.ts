import type { KeyObject } from 'node:crypto'

/** RFC 8032 §5.1: the order of the group. */
const groupOrder = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n
/** SP 800-186 §3.2.1.3: the order of P-256. */
const p256Order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** Of Ed25519, R and S + L: the same point equation, another signature, which must not verify. */
export function addOrder(signature: Buffer): Buffer {
  const s = toNumber(Buffer.from(signature.subarray(32)).reverse()) + groupOrder
  return Buffer.concat([signature.subarray(0, 32), toBytes(s, 32).reverse()])
}

/** Of RSA, the signature and the modulus: the same power, and not below the modulus, as it must be. */
export function modulusAdder(privateKey: KeyObject): (signature: Buffer) => Buffer {
  const modulus = toNumber(Buffer.from(String(privateKey.export({ format: 'jwk' }).n), 'base64url'))
  return (signature) => toBytes(toNumber(signature) + modulus, 256)
}

/** Of ECDSA in DER, r and n − s: anybody can make it of a signature, and it is as good. */
export function negateS(signature: Buffer): Buffer {
  const rLength = signature[3] as number
  const s = toNumber(signature.subarray(6 + rLength))
  return toDer(signature.subarray(2, 4 + rLength), toInteger(p256Order - s))
}

/** Of ECDSA in DER, r and s + n: no number below the order, as it must be. */
export function addP256Order(signature: Buffer): Buffer {
  const rLength = signature[3] as number
  const s = toNumber(signature.subarray(6 + rLength))
  return toDer(signature.subarray(2, 4 + rLength), toInteger(s + p256Order))
}

const toDer = (r: Buffer, s: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x30, r.length + s.length]), r, s])

/** A positive integer of DER: a zero before a first bit that is set. */
function toInteger(number: bigint): Buffer {
  const bytes = toBytes(number, 1)
  const positive = (bytes[0] as number) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes
  return Buffer.concat([Buffer.from([0x02, positive.length]), positive])
}

const toNumber = (bytes: Buffer): bigint => BigInt(`0x0${bytes.toString('hex')}`)

/** Big-endian, and longer than asked where the number needs it. */
function toBytes(number: bigint, length: number): Buffer {
  const hex = number.toString(16).padStart(2 * length, '0')
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
}
