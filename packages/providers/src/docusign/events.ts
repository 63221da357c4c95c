import type { docusignEventNames } from './event-names.ts'

/** A message of Docusign Connect, in the form that it calls JSON SIM. */
export interface DocusignEvent<Name extends string = string> {
  /** Which event it is: one of {@link docusignEventNames}. */
  readonly event: Name
  /** Such as `v2.1`. */
  readonly apiVersion: string
  /** The path of what it is about, in the eSignature API. */
  readonly uri: string
  /** Which attempt it is, from 0: it differs between copies. */
  readonly retryCount: number | string
  /** The Connect configuration that sends it. */
  readonly configurationId: number | string
  /** RFC 3339, with seven decimals. */
  readonly generatedDateTime: string
  /** What it is about. */
  readonly data: {
    /** The account, a UUID. */
    readonly accountId?: string
    /** The user, a UUID. */
    readonly userId?: string
    /** The envelope, a UUID. */
    readonly envelopeId?: string
    /** In the events of a recipient: which of the envelope, such as `1`. */
    readonly recipientId?: string
    /** In the events of a template: which, a UUID. */
    readonly templateId?: string
    /** The envelope, where the configuration includes it. */
    readonly envelopeSummary?: { readonly [field: string]: unknown }
    readonly [field: string]: unknown
  }
}

/** The events of Docusign Connect, by name. */
export type DocusignEvents = {
  readonly [Name in (typeof docusignEventNames)[number]]: DocusignEvent<Name>
}
