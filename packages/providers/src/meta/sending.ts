import type { JsonObject } from '@acuse/core'

/** Another message at another time: its id and its time are new. */
export function stamp(payload: JsonObject, at: Date): JsonObject {
  const ms = at.getTime()
  return JSON.parse(JSON.stringify(payload), (key, value: unknown) => {
    if (key === 'timestamp') return typeof value === 'string' ? String(Math.floor(ms / 1_000)) : ms
    if (key === 'message_template_id') return ms
    const isMessageId = key === 'mid' || (key === 'id' && String(value).startsWith('wamid.'))
    return isMessageId ? `${value}${ms}` : value
  })
}

/** The batch of one that carries a payload. */
export function encode(payload: JsonObject): { mediaType: string; body: string } {
  const body =
    'field' in payload
      ? { object: 'whatsapp_business_account', entry: [{ id: '102290129340398', changes: [payload] }] }
      : {
          object: 'page',
          entry: [{ id: 'PAGE-ID', time: payload['timestamp'], messaging: [payload] }],
        }
  return { mediaType: 'application/json', body: JSON.stringify(body) }
}
