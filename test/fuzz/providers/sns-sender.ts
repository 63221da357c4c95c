import { type KeyObject, type KeyPairKeyObjectResult, sign } from 'node:crypto'
import { snsCertificate } from '../../providers/every-provider.ts'
import { Ledger, type Proof } from './proofs.ts'
import { grammar, jsonOf, type ProviderDraft, textAt } from './seen.ts'
import { named, type Sender } from './sender.ts'

/** The signed fields in their order, with the grammar of each; optional ones drop out. */
const fields: readonly (readonly [name: string, form: RegExp, isOptional?: true])[] = [
  ['Message', /^.+$/s],
  ['MessageId', grammar.id],
  ['Subject', grammar.text, true],
  ['SubscribeURL', grammar.text, true],
  ['Timestamp', grammar.date],
  ['Token', grammar.token, true],
  ['TopicArn', grammar.text],
  ['Type', grammar.id],
]

/** Amazon SNS, whose signature stands in the body, over some of its fields; its key known, or fetched. */
export function snsSenders(pair: KeyPairKeyObjectResult): readonly Sender[] {
  const needs = (draft: ProviderDraft): boolean => textAt(jsonOf(draft), 'SigningCertURL') === snsCertificate
  return [
    { ...named('sns', pair, proofOf(pair.privateKey)), weight: 2 },
    { ...named('sns by certificate', pair, proofOf(pair.privateKey)), weight: 2, needs },
  ]
}

function proofOf(privateKey: KeyObject): Proof {
  const ledger = new Ledger()
  return {
    security: [],
    isSigned: true,
    sign(draft) {
      const payload = jsonOf(draft)
      const text = signedText(payload)
      if (text === undefined) return
      const isLegacy = text.length % 2 === 0
      const made = sign(isLegacy ? 'sha1' : 'sha256', Buffer.from(text), privateKey)
      ledger.add(made, Buffer.from(text))
      draft.body = Buffer.from(
        JSON.stringify({
          ...Object(payload),
          SignatureVersion: isLegacy ? '1' : '2',
          Signature: made.toString('base64'),
          SigningCertURL: snsCertificate,
        }),
      )
    },
    holds(draft: ProviderDraft) {
      const payload = jsonOf(draft)
      const text = signedText(payload)
      const written = textAt(payload, 'Signature') ?? ''
      const bytes = Buffer.from(written, 'base64')
      return (
        text !== undefined && bytes.toString('base64') === written && ledger.has(bytes, Buffer.from(text))
      )
    },
  }
}

function signedText(payload: unknown): string | undefined {
  let text = ''
  for (const [name, form, isOptional] of fields) {
    const value = textAt(payload, name)
    if (value !== undefined && form.test(value)) text += `${name}\n${value}\n`
    else if (!isOptional || value !== undefined) return undefined
  }
  return text
}
