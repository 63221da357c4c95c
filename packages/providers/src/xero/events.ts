/** Something changed in an organisation; the change itself is to be fetched. */
export interface XeroEvent {
  /** What to fetch. */
  readonly resourceUrl: string
  /** The end of that address: a UUID. */
  readonly resourceId: string
  /** In UTC, without a zone, such as `2017-06-21T01:15:39.902`. */
  readonly eventDateUtc: string
  /** Such as `CREATE` or `UPDATE`. */
  readonly eventType: string
  /** Such as `INVOICE`. */
  readonly eventCategory: string
  /** The organisation, a UUID: the API wants it in the header `Xero-tenant-id`. */
  readonly tenantId: string
  /** Such as `ORGANISATION`. */
  readonly tenantType: string
}

/** The events of Xero: category and type, as they are sent. */
export interface XeroEvents {
  /** A contact was made. */
  readonly 'CONTACT.CREATE': XeroEvent
  /** A contact was changed or archived. */
  readonly 'CONTACT.UPDATE': XeroEvent
  /** An invoice or a bill was made. */
  readonly 'INVOICE.CREATE': XeroEvent
  /** An invoice or a bill was changed: approved, paid or voided, too. */
  readonly 'INVOICE.UPDATE': XeroEvent
  /** Of an app in Xero's App Store: somebody subscribed to it. */
  readonly 'SUBSCRIPTION.CREATE': XeroEvent
  /** Of an app in Xero's App Store: a subscription was changed or has ended. */
  readonly 'SUBSCRIPTION.UPDATE': XeroEvent
}
