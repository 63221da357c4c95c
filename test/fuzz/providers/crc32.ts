/** CRC-32 of ISO 3309, bit by bit: slower than the receiver's by table, and another way to the same. */
export function crc32(bytes: Uint8Array): number {
  let rest = -1
  for (const byte of bytes) {
    rest ^= byte
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (-(rest & 1) & 0xedb88320)
  }
  return ~rest >>> 0
}
