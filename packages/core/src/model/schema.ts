import type { Awaitable } from './awaitable.ts'

/**
 * The validator of a payload: the part of Standard Schema v1 (https://standardschema.dev) that Acuse
 * uses. The well-known schema libraries implement it.
 */
export interface EventSchema<Payload = unknown> {
  /** The properties of Standard Schema. */
  readonly '~standard': {
    /** The version of the standard. */
    readonly version: 1
    /** The library that made the schema. */
    readonly vendor: string
    /** Answers the payload, or what is wrong with it. */
    readonly validate: (value: unknown) => Awaitable<SchemaResult<Payload>>
  }
}

/** The payload is valid. */
interface SchemaSuccess<Payload> {
  /** It, as the schema made it. */
  readonly value: Payload
  /** None: tells it from {@link SchemaFailure}. */
  readonly issues?: undefined
}

/** The payload is not valid. */
interface SchemaFailure {
  /** The problem. */
  readonly issues: readonly SchemaIssue[]
}

/** A schema's answer. */
type SchemaResult<Payload> = SchemaSuccess<Payload> | SchemaFailure

/** A key on the way to what is wrong. */
interface SchemaPathKey {
  /** The key. */
  readonly key: PropertyKey
}

/** One step of the way to what is wrong: a key, or an object that holds one. */
type SchemaPathPart = PropertyKey | SchemaPathKey

/** One thing that is wrong with a payload. */
export interface SchemaIssue {
  /** The library's words; they may quote the value, so they are not stored. */
  readonly message: string
  /** Where: keys, or objects that hold a key. */
  readonly path?: readonly SchemaPathPart[] | undefined
}

const maxIssues = 10
const maxPathLength = 200
/** A field's name, as documents name fields. */
const fieldName = /^[A-Za-z_$][\w$-]{0,63}$/
/** In a name that somebody's documents gave nobody is numbered: a telephone, an identity card, an account. */
const number = /\d{4}/

/**
 * The paths of the first ten issues, such as `montos.liquido`; never values, and never more than 2 KB:
 * a schema library can list twenty thousand issues of one payload. A key that is no field's name is `*`: the keys of a
 * record are data too, such as an e-mail address.
 */
export function issuePaths(issues: readonly SchemaIssue[]): string[] {
  return issues.slice(0, maxIssues).map(({ path = [] }) => {
    const keys = path.map((part) => nameOf(typeof part === 'object' ? part.key : part))
    return keys.join('.').slice(0, maxPathLength) || '(payload)'
  })
}

function nameOf(key: PropertyKey): string {
  if (typeof key === 'number') return String(key)
  return typeof key === 'string' && fieldName.test(key) && !number.test(key) ? key : '*'
}
