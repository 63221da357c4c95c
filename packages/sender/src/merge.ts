import type { JsonObject } from '@acuse/core'

/** `base` with `overrides` laid over it, objects field by field, everything else whole. */
export function mergeDeep(base: JsonObject, overrides: unknown): JsonObject {
  if (!isPlainObject(overrides)) return base
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(overrides)) {
    const under = base[key]
    merged[key] = isPlainObject(under) && isPlainObject(value) ? mergeDeep(under, value) : value
  }
  return merged
}

function isPlainObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
