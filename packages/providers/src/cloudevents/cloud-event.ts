/** An event of CloudEvents 1.0, in its JSON format. */
export interface CloudEvent<Data = unknown> {
  /** Unique for its `source`. */
  readonly id: string
  /** Where it happened, a URI reference. */
  readonly source: string
  /** Such as `1.0`. */
  readonly specversion: string
  /** What happened, such as `com.example.order.paid`. */
  readonly type: string
  /** What it happened to, within the source. */
  readonly subject?: string
  /** When it happened, RFC 3339. */
  readonly time?: string
  /** The media type of `data`. Default: JSON. */
  readonly datacontenttype?: string
  /** The schema that `data` keeps to, a URI. */
  readonly dataschema?: string
  /** What it is about. */
  readonly data?: Data
  /** `data` that is no text, as base64. */
  readonly data_base64?: string
  /** Extensions: names of lower-case letters and digits. */
  readonly [extension: string]: unknown
}

/**
 * A received event as a CloudEvent, however it was sent: in binary mode its attributes come in headers (`ce-*`) and
 * the payload is its data; else the payload is the event.
 * @example
 * import { createReceiver } from '@acuse/core'
 * import { cloudEvents, toCloudEvent } from '@acuse/providers/cloudevents'
 *
 * const receiver = createReceiver(cloudEvents(process.env['EVENTS_TOKEN']))
 * receiver.on('com.example.order.paid', (event, { log }) => log.info({ source: toCloudEvent(event).source }, 'paid'))
 */
export function toCloudEvent<Data = unknown>(event: {
  readonly payload: unknown
  readonly unsigned: Readonly<Record<string, string>>
}): CloudEvent<Data> {
  const attributes = Object.entries(event.unsigned)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), decoded(value)] as const)
  const isBinary = attributes.some(([name]) => name === 'specversion')
  const found: unknown = isBinary ? { ...Object.fromEntries(attributes), data: event.payload } : event.payload
  // What the spec requires of an event is the sender's to keep to.
  return found as CloudEvent<Data>
}

/** «HTTP Protocol Binding» §3.1.3.1. */
const prefix = 'ce-'

/** §3.1.3.2: percent-encoded; what is not is taken as it is. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
