/** The parameters of a form: texts; a list where a name stands more than once. */
export type TwilioParameters = { readonly [name: string]: string | readonly string[] | undefined }

/** A message came in. */
export interface TwilioMessage extends TwilioParameters {
  /** Such as `SM…` or `MM…`, 34 characters. */
  readonly MessageSid: string
  /** The account, `AC…`, 34 characters. */
  readonly AccountSid: string
  /** The sender, such as `+15005550006` or `whatsapp:+15005550006`. */
  readonly From: string
  /** Your number, written as `From` is. */
  readonly To: string
  /** The text; `''` of a message that has attachments alone. */
  readonly Body: string
  /** How many attachments there are: `MediaUrl0` and so on. */
  readonly NumMedia?: string
}

/** The status of a message that was sent has changed. */
export interface TwilioMessageStatus extends TwilioParameters {
  /** The message, as the API answered it when it was sent: `SM…` or `MM…`. */
  readonly MessageSid: string
  /** The account, `AC…`, 34 characters. */
  readonly AccountSid: string
  /** Such as `queued`, `sent`, `delivered`, `undelivered`, `failed` or `read`. */
  readonly MessageStatus: string
  /** Why it was not delivered, such as `30003`: see Twilio's dictionary of errors. */
  readonly ErrorCode?: string
}

/** A call asks what to do next. */
export interface TwilioCall extends TwilioParameters {
  /** Such as `CA…`, 34 characters. */
  readonly CallSid: string
  /** The account, `AC…`, 34 characters. */
  readonly AccountSid: string
  /** Who calls, such as `+15005550006` or `sip:ana@example.cl`. */
  readonly From: string
  /** Who is called, written as `From` is. */
  readonly To: string
  /** Such as `ringing` or `in-progress`. */
  readonly CallStatus: string
  /** The keys that were pressed. */
  readonly Digits?: string
}

/** The status of a call has changed. */
export interface TwilioCallStatus extends TwilioCall {
  /** Such as `call-progress-events`: it tells the callback from the call itself. */
  readonly CallbackSource: string
  /** In which order it happened, from `0`. */
  readonly SequenceNumber?: string
}

/** The status of a recording has changed. */
export interface TwilioRecordingStatus extends TwilioParameters {
  /** Such as `RE…`, 34 characters. */
  readonly RecordingSid: string
  /** The account, `AC…`, 34 characters. */
  readonly AccountSid: string
  /** Such as `in-progress`, `completed` or `absent`. */
  readonly RecordingStatus: string
  /** Where the recording is, once it is completed: WAV, or MP3 with `.mp3` added. */
  readonly RecordingUrl?: string
}

/** The requests of Twilio, which sends no names of events. */
export interface TwilioEvents {
  /** A message came in. */
  readonly 'message.received': TwilioMessage
  /** A status callback of a message. */
  readonly 'message.status': TwilioMessageStatus
  /** A call, or a step of it. The empty document that answers it hangs up: leave calls to be steered elsewhere. */
  readonly call: TwilioCall
  /** A status callback of a call. */
  readonly 'call.status': TwilioCallStatus
  /** A status callback of a recording. */
  readonly 'recording.status': TwilioRecordingStatus
}

/** The names of {@link TwilioEvents}. */
export const twilioEventNames = [
  'message.received',
  'message.status',
  'call',
  'call.status',
  'recording.status',
] as const
