import { verifyToken } from '../../providers/every-provider.ts'
import { challengeOf, headGreeting, notionGreeting } from './greetings.ts'
import type { SignatureOptions } from './proofs.ts'
import { headersOf, jsonOf, type ProviderDraft } from './seen.ts'
import { macProof, named, type Secrets, type Sender } from './sender.ts'

const form = 'application/x-www-form-urlencoded'

/** Senders that sign the body and nothing else. */
export function bodySenders({ text }: Secrets): readonly Sender[] {
  return [
    sender('bitbucket', text(), { header: 'x-hub-signature', prefix: 'sha256=' }),
    sender('clickup', text(), { header: 'x-signature' }),
    sender('docusign', text(), {
      header: 'x-docusign-signature-',
      isNumbered: true,
      encoding: 'base64',
    }),
    {
      ...sender('github', text(), { header: 'x-hub-signature-256', prefix: 'sha256=' }),
      mediaTypes: ['application/json', form],
    },
    {
      ...sender('intercom', text(), { header: 'x-hub-signature', prefix: 'sha1=', hash: 'sha1' }),
      greetings: headGreeting,
    },
    sender('jumpseller', text(), { header: 'jumpseller-hmac-sha256', encoding: 'base64' }),
    sender('linear', text(), { header: 'linear-signature' }),
    {
      ...sender('meta', text(), {
        header: 'x-hub-signature-256',
        prefix: 'sha256=',
      }),
      isBatch: true,
      greetings: challengeOf(verifyToken),
    },
    {
      ...sender('notion', text(), { header: 'x-notion-signature', prefix: 'sha256=' }),
      greetings: notionGreeting,
    },
    sender('redcumbre', text(), { header: 'x-webhook-signature' }),
    sender('shopify', text(), { header: 'x-shopify-hmac-sha256', encoding: 'base64' }),
    sender('typeform', text(), {
      header: 'typeform-signature',
      prefix: 'sha256=',
      encoding: 'base64',
    }),
    {
      ...sender('xero', text(), { header: 'x-xero-signature', encoding: 'base64' }),
      isBatch: true,
      isSilent: true,
      accepted: { status: 200, headers: {}, body: '' },
    },
    {
      ...sender('zenpli by HMAC', text(), {
        header: 'x-zenpli-hmac-signature',
        also: 'base64',
      }),
      needs: repeatsSession,
    },
  ]
}

/** The header of the session repeats the body's, once, as text or as the bytes of it. */
export function repeatsSession(draft: ProviderDraft): boolean {
  const [session, another] = headersOf(draft, 'x-session-id')
  const stated: unknown = Object(jsonOf(draft)).session_id
  if (typeof stated !== 'string' || another !== undefined || session === undefined) return false
  return [stated, Buffer.from(stated).toString('latin1')].includes(session)
}

function sender(
  name: string,
  secret: string,
  options: Omit<Parameters<typeof macProof>[1], 'content' | 'encoding'> &
    Partial<Pick<SignatureOptions, 'encoding'>>,
): Sender {
  return named(name, secret, macProof(secret, { encoding: 'hex', ...options, content: ({ body }) => body }))
}
