import type { JsonObject } from '@acuse/core'

/** A form that carries the fields of a payload, each as text; a list as its elements under one name. */
export function encodeForm(payload: JsonObject): { readonly mediaType: string; readonly body: string } {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(payload))
    for (const each of [value].flat()) form.append(name, String(each))
  return { mediaType: 'application/x-www-form-urlencoded', body: form.toString() }
}
