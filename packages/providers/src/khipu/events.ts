/** A payment that was reconciled, as notifications 3.0 tell it. */
export interface KhipuPayment {
  /** Its id. */
  readonly payment_id: string
  /** The number of the account that is paid. */
  readonly receiver_id: number
  /** What it is for. */
  readonly subject: string
  /** With four decimals, such as `1000.0000`. */
  readonly amount: string
  /** With four decimals. */
  readonly discount?: string
  /** Such as `CLP`. */
  readonly currency: string
  /** Yours, as it was given when the payment was made. */
  readonly transaction_id: string
  /** Where the receipt is. */
  readonly receipt_url?: string
  /** The payer's bank. */
  readonly bank?: string
  /** The payer's name. */
  readonly payer_name?: string
  /** Such as `simplified_transfer`. */
  readonly payment_method?: string
  /** Whether it was reconciled after it had expired. */
  readonly out_of_date_conciliation?: boolean
  /** When it was reconciled, RFC 3339. */
  readonly conciliation_date?: string
  /** What newer versions add. */
  readonly [field: string]: unknown
}

/** The events of notifications 3.0. */
export interface KhipuEvents {
  /** A payment was reconciled: the money is there. */
  readonly payment: KhipuPayment
}

/** What a notification 1.3 says, where nothing is fetched. */
export interface KhipuNotice {
  /** Its `notification_token`. */
  readonly id: string
}

/** A payment as API 2.0 answers it. */
export interface KhipuOldPayment {
  /** Its id. */
  readonly payment_id: string
  /** The number of the account that is paid: compare it with yours. */
  readonly receiver_id: number
  /** `done` once it is reconciled. */
  readonly status: 'pending' | 'verifying' | 'done'
  /** Such as `normal`, `reversed`, `rejected-by-payer`, `marked-as-abuse`. */
  readonly status_detail: string
  /** Compare it with what you asked for. */
  readonly amount: number | string
  /** Such as `CLP`. */
  readonly currency: string
  /** Yours, as it was given when the payment was made. */
  readonly transaction_id: string
  /** The rest. */
  readonly [field: string]: unknown
}

/** The events of notifications 1.3. */
export interface KhipuOldEvents<Payload = KhipuNotice> {
  /** A payment was reconciled. */
  readonly payment: Payload
}
