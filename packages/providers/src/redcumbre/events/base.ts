/** One of the documented values, or another that Redcumbre may add. */
export type OneOf<Documented extends string> = Documented | (string & Record<never, never>)

/** Fields of every event, except `emisor.revocado`, which has the tenant in its `data`. */
export interface RedcumbreEventBase<Name extends string> {
  /** The event's name. */
  event: Name
  /** The Redcumbre tenant. */
  tenantId: string
  /** When it happened, RFC 3339 in UTC. Signed. */
  timestamp: string
}
