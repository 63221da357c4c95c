import type { Path } from './path.ts'

/**
 * The characters and the length of a value. `id`: 1 to 200 of `A-Z a-z 0-9 _ -`. `unix-seconds`: ten digits. `unix-ms`:
 * thirteen. `unix`: either. `rfc3339`: RFC 3339 §5.6. `token`: 1 to 500 of `A-Z a-z 0-9 . _ ~ + / = -`. `text`: 1 to 2 000
 * characters without a line break. None but `text` can hold a separator of what is signed, such as `.` of `id`.
 */
export type Grammar = (typeof grammarNames)[number]

/** Every grammar. */
export const grammarNames = ['id', 'unix-seconds', 'unix-ms', 'unix', 'rfc3339', 'token', 'text'] as const

/** A header of the request. */
export interface HeaderValue {
  /** Its name, in any case. */
  readonly header: string
}

/** A parameter of the request's query. */
export interface QueryValue {
  /** Its name. */
  readonly query: string
}

/** A part of the header that carries the signature, such as `t` of `t=1795633156,v1=…`. */
export interface FieldValue {
  /** Its name. */
  readonly field: string
}

/** A field of the payload. */
export interface BodyValue {
  /** Where it stands: names and numbers joined by full stops; `*` is each element of a list; `''` is the payload itself. */
  readonly body: Path
}

/** A constant. */
export interface TextValue {
  /** It. */
  readonly text: string
}

/** Where a value comes from. */
export type ValueSource = HeaderValue | QueryValue | FieldValue | BodyValue | TextValue

/** How a value is taken. */
export interface ValueForm {
  /** Its grammar; a value of another one is none. Default: any text, or a whole number as its digits. */
  readonly as?: Grammar
  /** Takes it in lower case. */
  readonly lower?: true
}

/** One value of a request: where it stands, and how it is taken. */
export type Value = ValueSource & ValueForm

/** What a value must be: one text, or there at all. */
export type Condition = Value &
  (
    | {
        /** The text that it must be. */
        readonly is: string
      }
    | {
        /** Whether it must be there, or must not. */
        readonly exists: boolean
      }
  )

/** Conditions that must all hold. */
export type Match = Condition | readonly Condition[]

/**
 * One part of what is signed. `body`: the raw bytes. `body-crc32`: their CRC-32 as decimal digits, which covers nothing that
 * an attacker cannot rewrite. `sorted-form`: names and values of a form, sorted and joined without separators, which does
 * not tell where one ends.
 */
export interface RawPart {
  /** Which. */
  readonly raw: 'body' | 'body-crc32' | 'sorted-form'
}

/** The address that the sender was given, and the query that came. Never from `Host`, which anybody can set. */
export interface PublicUrlPart {
  /** Without a query, such as `https://app.example.cl/webhooks/acme`. */
  readonly publicUrl: string
}

/** A value that is signed. A header, a parameter or a field needs a grammar, so that no two requests give one signed text. */
export type ValuePart = Value & {
  /** Where it may be missing: it drops out with its `before` and `after`. */
  readonly optional?: true
  /** A constant before it. */
  readonly before?: string
  /** A constant after it. */
  readonly after?: string
}

/** One part of what is signed, in its order. */
export type Part = RawPart | PublicUrlPart | ValuePart
