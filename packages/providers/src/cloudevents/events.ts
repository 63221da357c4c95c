/**
 * Events of any type: theirs are yours to name. In binary mode a payload is the event's data, else the event itself:
 * `toCloudEvent` gives one form.
 */
export interface CloudEvents {
  readonly [type: string]: unknown
}
