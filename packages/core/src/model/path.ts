/**
 * Where a value stands in a payload: names of fields, joined by full stops; `*` is each element of a list, as in
 * `attempts.*.at`.
 */
export type Path = string
