const identifier = /^[a-z_][a-z0-9_]{0,47}$/

/**
 * A name of a table or a schema as SQL: it is checked, and quoted.
 * @throws TypeError when it is anything else than lower-case letters, digits and underscores, at most 48
 */
export function toIdentifier(option: string, name: unknown): string {
  if (typeof name === 'string' && identifier.test(name)) return `"${name}"`
  throw new TypeError(
    `${option} must be lower-case letters, digits and underscores, at most 48, such as 'acuse_outbox'`,
  )
}
