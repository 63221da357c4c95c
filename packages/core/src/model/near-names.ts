// Only for the compiler's messages: it lists what a parameter takes, and a provider may have hundreds of names.

/** A text without its last two characters. */
type WithoutEnd<Text extends string> = Text extends `${infer A}${infer B}${infer C}${infer Rest}`
  ? Rest extends ''
    ? A
    : `${A}${WithoutEnd<`${B}${C}${Rest}`>}`
  : ''

/** The last part of a name, with its full stop. */
type EndOf<Text extends string> = Text extends `${string}.${infer Tail}`
  ? Tail extends `${string}.${string}`
    ? EndOf<Tail>
    : `.${Tail}`
  : never

type NearByEnd<Given extends string, Names extends string> = [
  Extract<Names, `${string}${EndOf<Given>}`>,
] extends [never]
  ? Names
  : Extract<Names, `${string}${EndOf<Given>}`>

/** The names that begin as a misspelt one does, or end so, or all. */
export type NearNames<Given extends string, Names extends string> = [
  Extract<Names, `${WithoutEnd<Given>}${string}`>,
] extends [never]
  ? NearByEnd<Given, Names>
  : Extract<Names, `${WithoutEnd<Given>}${string}`>
