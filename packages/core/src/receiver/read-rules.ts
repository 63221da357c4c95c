import type { Covered } from '../lib/parts.ts'
import type { RequestValues } from '../lib/request-values.ts'
import type { EventRule } from '../model/envelope.ts'
import type { Condition, Match, Value } from '../model/value.ts'
import { toIdempotencyKey } from './read-envelope.ts'

/** What the rules say of an event. */
export interface RuleRead {
  readonly type: string
  /** The type, where whoever changes what is unsigned cannot change it. */
  readonly signedType: string | undefined
  /** Likewise. */
  readonly idempotencyKey: readonly string[] | undefined
}

/**
 * Reads an event by the first rule that is for it; `undefined`: none is, or it has no type. Where something unsigned decides
 * which rule that is, only what all that might be agree on counts as signed: else a captured request, read by another
 * rule, would be another event.
 * @param place the path of `items` that an event of a batch stands at
 */
export function readByRules(
  rules: readonly EventRule[],
  values: RequestValues,
  covered: Covered,
  place?: string,
): RuleRead | undefined {
  const ofPlace = rules.filter(({ items = place }) => items === place)
  const rule = ofPlace.find(({ when }) => holds(when, values))
  const type = rule && readType(rule, values)
  if (rule === undefined || type === undefined) return undefined
  const possible = covered.anything ? possibleRules(ofPlace, values, covered) : [rule]
  return {
    type,
    signedType: agreed(possible, (each) => readSignedType(each, values, covered)),
    idempotencyKey: agreed(possible, (each) => readKey(each, values, covered)),
  }
}

/** Whether all conditions hold. */
export function holds(match: Match | undefined, values: RequestValues): boolean {
  return conditionsOf(match).every((condition) => meets(condition, values))
}

/** The conditions of a match, one by one. */
export function conditionsOf(match: Match | undefined): readonly Condition[] {
  return match === undefined ? [] : [match].flat()
}

function meets(condition: Condition, values: RequestValues): boolean {
  return 'is' in condition
    ? values.one(condition) === condition.is
    : values.has(condition) === condition.exists
}

/** The rules that the same signed content may be read by, whatever else the request says. */
function possibleRules(
  rules: readonly EventRule[],
  values: RequestValues,
  covered: Covered,
): readonly EventRule[] {
  const signedOf = (rule: EventRule) => conditionsOf(rule.when).filter((each) => covered.isSigned(each))
  const possible = rules.filter((rule) => signedOf(rule).every((each) => meets(each, values)))
  const last = possible.findIndex((rule) => signedOf(rule).length === conditionsOf(rule.when).length)
  return last < 0 ? possible : possible.slice(0, last + 1)
}

/** What all of them say; `undefined`: they differ, or say nothing. */
function agreed<T>([first, ...others]: readonly EventRule[], read: (rule: EventRule) => T): T | undefined {
  const said = first && read(first)
  const asText = JSON.stringify(said)
  return others.every((other) => JSON.stringify(read(other)) === asText) ? said : undefined
}

function readType({ type, version: at }: EventRule, values: RequestValues): string | undefined {
  const parts = type.map((value) => values.one(value)).filter((part) => part !== undefined)
  if (parts.length === 0) return undefined
  const version = at && values.one(at)
  return [...(version === undefined ? [] : [`v${version}`]), ...parts].join('.')
}

function readSignedType(rule: EventRule, values: RequestValues, covered: Covered): string | undefined {
  const { type, version } = rule
  return isProven(version ? [...type, version] : type, covered) ? readType(rule, values) : undefined
}

/** Where nothing is signed, nothing is more proven than the rest. */
function isProven(decides: readonly Value[], covered: Covered): boolean {
  return !covered.anything || decides.every((value) => covered.isSigned(value))
}

function readKey(
  { idempotencyKey }: EventRule,
  values: RequestValues,
  covered: Covered,
): readonly string[] | undefined {
  if (idempotencyKey === undefined || !isProven(idempotencyKey, covered)) return undefined
  const key: string[] = []
  for (const value of idempotencyKey) {
    const parts = values.every(value)
    if (parts === undefined) return undefined
    key.push(...parts)
  }
  return toIdempotencyKey(key)
}
