/** What Flow confirms, where nothing is fetched. */
export interface FlowNotice {
  /** The token of the payment. */
  readonly id: string
}

/** A payment as `payment/getStatus` answers it. */
export interface FlowPayment {
  /** Flow's number of the order. */
  readonly flowOrder: number
  /** Yours, as it was given when the order was made. */
  readonly commerceOrder: string
  /** When the order was made, `YYYY-MM-DD hh:mm:ss` in Chile's time. */
  readonly requestDate: string
  /** 1 pending, 2 paid, 3 rejected, 4 cancelled. */
  readonly status: 1 | 2 | 3 | 4
  /** What it is for. */
  readonly subject: string
  /** Such as `CLP`. */
  readonly currency: string
  /** In units of the currency. */
  readonly amount: number | string
  /** The payer's e-mail address. */
  readonly payer: string
  /** What was given as `optional` when the order was made. */
  readonly optional?: unknown
  /** How and when it is to be paid, where it is pending. */
  readonly pending_info?: unknown
  /** How it was paid: date, medium, fee, balance, date of the transfer. */
  readonly paymentData?: unknown
  /** The associated merchant, where there is one. */
  readonly merchantId?: string | null
  /** What newer versions add. */
  readonly [field: string]: unknown
}

/** Flow's events. */
export interface FlowEvents<Payload = FlowNotice> {
  /** A payment has another state: paid, rejected or cancelled (`urlConfirmation`). */
  readonly confirmation: Payload
}
