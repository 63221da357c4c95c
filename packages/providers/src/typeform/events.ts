/** A question of a form. */
export interface TypeformField {
  /** Such as `DlXFaesGBpoF`. */
  readonly id: string
  /** Such as `long_text`, `email` or `multiple_choice`. */
  readonly type: string
  /** The name that you gave it, or one that Typeform made. It stays when the form is copied, and `id` does not. */
  readonly ref?: string
  readonly [field: string]: unknown
}

/** An answer. */
export interface TypeformAnswer {
  /** Such as `text`, `choice` or `boolean`; the field of that name holds what was answered. */
  readonly type: string
  /** What was asked. */
  readonly field: TypeformField
  readonly [field: string]: unknown
}

/** Answers to a form. */
export interface TypeformResponse {
  /** The form, such as `lT4Z3j` of `https://form.typeform.com/to/lT4Z3j`. */
  readonly form_id: string
  /** Tells the response from any other. */
  readonly token: string
  /** When the form was opened (RFC 3339). */
  readonly landed_at?: string
  /** When it was sent (RFC 3339). */
  readonly submitted_at?: string
  /** The hidden fields of the address, by name. */
  readonly hidden?: { readonly [name: string]: string }
  /** The form as it was then. */
  readonly definition?: {
    /** As `form_id`. */
    readonly id: string
    /** The form's title. */
    readonly title: string
    /** Its questions. */
    readonly fields: readonly TypeformField[]
    readonly [field: string]: unknown
  }
  /** The questions that were answered, in the form's order. */
  readonly answers?: readonly TypeformAnswer[]
  readonly [field: string]: unknown
}

/** An event of Typeform. */
export interface TypeformEvent<Name extends string = string> {
  /** The same in each attempt. */
  readonly event_id: string
  /** Which event it is: its key in {@link TypeformEvents}. */
  readonly event_type: Name
  /** What was answered; of `form_response_partial` so far. */
  readonly form_response: TypeformResponse
}

/** The events that Typeform documents, by name. */
export interface TypeformEvents {
  /** A form was sent. */
  readonly form_response: TypeformEvent<'form_response'>
  /** A form was left before its end. */
  readonly form_response_partial: TypeformEvent<'form_response_partial'>
}

/** The names of {@link TypeformEvents}. */
export const typeformEventNames = ['form_response', 'form_response_partial'] as const
