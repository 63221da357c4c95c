import { hmacProvider } from '@acuse/providers/generic'
import { parseXml } from '@acuse/providers/xml'
import type { AnyProvider } from '../../providers/serve.ts'
import { slackGreeting, validationOf } from './greetings.ts'
import type { Proof } from './proofs.ts'
import { fieldOf, glue, grammar, headerOf } from './seen.ts'
import { macProof, named, type Secrets, type Sender, secondsOf } from './sender.ts'

const form = 'application/x-www-form-urlencoded'

/** Senders that sign a time beside the body. */
export function datedSenders(secrets: Secrets): readonly Sender[] {
  return [
    ...fieldSenders(secrets),
    ...headerSenders(secrets),
    ...genericSenders(secrets),
    ...listSenders(secrets),
  ]
}

/** Whose time stands in the signature's header. */
function fieldSenders({ text }: Secrets): readonly Sender[] {
  const inField = (
    name: string,
    header: string,
    fields: {
      readonly time?: string
      readonly proof?: string
      readonly joint?: string
      readonly separator?: ',' | ';'
    },
    encoding: 'hex' | 'base64' = 'hex',
    isMs = false,
  ): Sender => {
    const { time = 't', proof = 'v1', joint = '.', separator = ',' } = fields
    const secret = text()
    return named(
      name,
      secret,
      macProof(secret, {
        header,
        prefix: `${proof}=`,
        separator,
        encoding,
        fields: (at) => ({ [time]: isMs ? String(at.getTime()) : secondsOf(at) }),
        content: (draft) =>
          glue(
            fieldOf(draft, header, separator, time, isMs ? grammar.ms : grammar.seconds),
            joint,
            draft.body,
          ),
      }),
    )
  }
  return [
    inField('calendly', 'calendly-webhook-signature', {}),
    inField('fintoc', 'fintoc-signature', {}),
    inField('khipu', 'x-khipu-signature', { proof: 's' }, 'base64', true),
    inField('paddle', 'paddle-signature', { time: 'ts', proof: 'h1', joint: ':', separator: ';' }),
    inField('stripe', 'stripe-signature', {}),
  ]
}

/** Whose time stands in a header of its own. */
function headerSenders({ text }: Secrets): readonly Sender[] {
  const colons = (name: string, [header, time]: readonly [string, string], secret: string): Sender =>
    named(
      name,
      secret,
      macProof(secret, {
        header,
        prefix: 'v0=',
        encoding: 'hex',
        stamps: (at) => ({ [time]: secondsOf(at) }),
        content: (draft) => glue('v0:', headerOf(draft, time, grammar.seconds), ':', draft.body),
      }),
    )
  const zoomSecret = text()
  return [
    {
      ...colons('slack', ['x-slack-signature', 'x-slack-request-timestamp'], text()),
      mediaTypes: ['application/json', form],
      greetings: slackGreeting,
    },
    {
      ...colons('zoom', ['x-zm-signature', 'x-zm-request-timestamp'], zoomSecret),
      greetings: validationOf(zoomSecret),
    },
  ]
}

/** A sender of one's own: as the catalogue makes it, and with bodies of every kind. */
function genericSenders({ text }: Secrets): readonly Sender[] {
  const time = 'x-timestamp'
  const proofOf = (secret: string): Proof =>
    macProof(secret, {
      hash: 'sha512',
      header: 'x-signature',
      encoding: 'hex',
      stamps: (at) => ({ [time]: secondsOf(at) }),
      content: (draft) => glue(headerOf(draft, time, grammar.seconds), '.', draft.body),
    })
  const [secret, another] = [text(), text()]
  const provider = hmacProvider({
    name: 'bodies',
    secret: another,
    samples: { 'order.paid': { id: 'o-1', total: 1_500 } },
    items: ['items.*', 'root.item.*'],
    bodies: {
      'application/json': 'json',
      'text/xml': parseXml({ lists: ['item'] }),
      [form]: 'form',
    },
  })
  return [
    named('generic', secret, proofOf(secret)),
    // No sender of the catalogue writes these: the ways of reading are fuzzed all the same.
    {
      name: 'bodies of every kind',
      provider: provider as unknown as AnyProvider,
      proof: proofOf(another),
      isBatch: true,
      mediaTypes: ['application/json', 'text/xml', form],
    },
  ]
}

/** Of Standard Webhooks, with its headers or Svix's. */
function listSenders({ whsec }: Secrets): readonly Sender[] {
  const standard = (name: string, start = 'svix'): Sender => {
    const [secret, bytes] = whsec()
    return named(name, secret, macProof(bytes, standardForm(start, 'v1,')))
  }
  return [
    standard('clerk'),
    standard('resend'),
    standard('svix'),
    standard('standard-webhooks, v1', 'webhook'),
    standard('gitlab by signing token', 'webhook'),
  ]
}

let made = 0

/** `<id>.<time>.<body>`, in a list of signatures. */
export function standardForm(start: string, prefix: string) {
  const [id, time] = [`${start}-id`, `${start}-timestamp`]
  return {
    header: `${start}-signature`,
    prefix,
    separator: ' ',
    encoding: 'base64',
    stamps: (at: Date) => ({ [id]: `msg_${at.getTime()}_${made++}`, [time]: secondsOf(at) }),
    content: (draft: Parameters<typeof headerOf>[0]) =>
      glue(headerOf(draft, id, grammar.id), '.', headerOf(draft, time, grammar.seconds), '.', draft.body),
  } as const
}
