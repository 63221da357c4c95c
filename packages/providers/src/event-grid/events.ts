/** An event in the schema of Event Grid. */
export interface EventGridEvent<Data = unknown> {
  /** Tells it from any other of its topic, and the same in each attempt. */
  readonly id: string
  /** The resource that published it. */
  readonly topic: string
  /** What it happened to. */
  readonly subject: string
  /** What happened, such as `Microsoft.Storage.BlobCreated`, or a name of yours. */
  readonly eventType: string
  /** When it was made, RFC 3339. */
  readonly eventTime: string
  /** What the publisher says, by `eventType`. */
  readonly data: Data
  /** The version of `data`, as the publisher says. */
  readonly dataVersion?: string
  /** The version of these fields: `1`. */
  readonly metadataVersion?: string
}

/** Events of any type: those of Azure's services, and yours. */
export interface EventGridEvents {
  readonly [eventType: string]: EventGridEvent
}
