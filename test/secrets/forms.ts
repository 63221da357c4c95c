/** How much of a secret counts as the secret: whoever has so much of its beginning or end has less to guess. */
const partChars = 16

/** A form in which a secret may stand in a text. */
interface Form {
  readonly name: string
  readonly text: string
}

/** Every form in which a secret could be printed: what a search for it must look for. */
function formsOf(secret: string): readonly Form[] {
  const bytes = Buffer.from(secret)
  const hex = bytes.toString('hex')
  const pairs = hex.match(/../g) ?? []
  return [
    { name: 'utf8', text: secret },
    { name: 'its beginning', text: secret.slice(0, partChars) },
    { name: 'its end', text: secret.slice(-partChars) },
    { name: 'reversed', text: [...secret].reverse().join('') },
    { name: 'in JSON', text: JSON.stringify(secret).slice(1, -1) },
    { name: 'in JSON in JSON', text: JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1) },
    { name: 'percent-encoded', text: encodeURIComponent(secret) },
    { name: 'hex', text: hex },
    { name: 'HEX', text: hex.toUpperCase() },
    { name: 'as Node prints a Buffer', text: pairs.slice(0, 12).join(' ') },
    { name: 'as numbers', text: [...bytes].slice(0, 12).join(',') },
    {
      name: 'as JSON of a Uint8Array',
      text: [...bytes]
        .slice(0, 6)
        .map((byte, at) => `"${at}":${byte}`)
        .join(','),
    },
    ...base64Of(bytes),
  ]
}

/** Wherever it begins in what was encoded, without the digits that its neighbours have a part in. */
function base64Of(bytes: Buffer): Form[] {
  return [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([
      Buffer.alloc(offset),
      bytes,
      Buffer.alloc((3 - ((offset + bytes.length) % 3)) % 3),
    ])
    const digits = padded.toString('base64')
    const start = offset === 0 ? 0 : offset + 1
    const text = digits.slice(start, Math.floor(((offset + bytes.length) * 8) / 6))
    return [
      { name: `base64 at ${offset}`, text },
      { name: `base64url at ${offset}`, text: text.replaceAll('+', '-').replaceAll('/', '_') },
    ]
  })
}

/** Which secrets stand in a text, and how. */
export function findSecrets(text: string, secrets: Readonly<Record<string, string>>): string[] {
  // A logger of JSON may break a line nowhere, and people wrap base64 at 64 or 76: neither hides it.
  const joined = text.replaceAll(/\\n|[\r\n]/g, '')
  return Object.entries(secrets).flatMap(([name, secret]) =>
    formsOf(secret)
      .filter((form) => text.includes(form.text) || joined.includes(form.text))
      .map((form) => `${name} (${form.name})`),
  )
}
