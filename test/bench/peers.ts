// Each peer verifies the same body in its own format. What a peer needs beside (a text, a Request) is made in the timed
// call where its own documents make it for each delivery, and named so.
import { createHmac } from 'node:crypto'
import { WebhookVerificationService } from '@hookflo/tern'
import { verify as verifyOctokit } from '@octokit/webhooks-methods'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Stripe } from 'stripe'
import { Webhook as SvixWebhook } from 'svix'
import type { Candidate } from './measure.ts'
import { repeated, repeatedAsync } from './measure.ts'
import { secret } from './signed.ts'

const whsec = `whsec_${Buffer.from(secret, 'hex').toString('base64')}`
const messageId = 'msg_2dQJ4yTn1GVmKzXhQ7mYr0bS3aC'

/** Everybody's check of the body, by name; each answers a value that tells that it is authentic, or throws. */
export function peersOf(body: Buffer): Candidate[] {
  return [...stripeOf(body), octokitOf(body), ...standardOf(body), ...ternOf(body)]
}

/** constructEvent, as its documents say, also parses; verifyHeader is its part that verifies. */
function stripeOf(body: Buffer): Candidate[] {
  const { webhooks } = new Stripe('sk_test_bench')
  const at = Math.floor(Date.now() / 1_000)
  const text = body.toString()
  const header = webhooks.generateTestHeaderString({ payload: text, secret, timestamp: at })
  const { signature } = webhooks
  if (signature === null) throw new Error('stripe has no helper for signatures')
  return [
    repeated('stripe', () => signature.verifyHeader(body, header, secret)),
    repeated('stripe, parsed', () => webhooks.constructEvent(body, header, secret)),
  ]
}

/** It takes texts only, and a body arrives as bytes. */
function octokitOf(body: Buffer): Candidate {
  const header = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
  return repeatedAsync('octokit', () => verifyOctokit(secret, body.toString(), header))
}

/** svix has no call that does not parse. */
function standardOf(body: Buffer): Candidate[] {
  const at = new Date()
  const standard = new StandardWebhook(whsec)
  const svix = new SvixWebhook(whsec)
  const headersOf = (prefix: string, signature: string) => ({
    [`${prefix}-id`]: messageId,
    [`${prefix}-timestamp`]: String(Math.floor(at.getTime() / 1_000)),
    [`${prefix}-signature`]: signature,
  })
  const standardHeaders = headersOf('webhook', standard.sign(messageId, at, body))
  const svixHeaders = headersOf('svix', svix.sign(messageId, at, body))
  return [
    repeated('standardwebhooks', () => standard.verify(body, standardHeaders) ?? true),
    repeated('svix', () => svix.verify(body, svixHeaders) ?? true),
  ]
}

/** It reads a Request: given one each, and with the making of it, as its adapter for Express does. */
function ternOf(body: Buffer): Candidate[] {
  const headers = {
    'content-type': 'application/json',
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  }
  const make = () => new Request('http://127.0.0.1/webhooks', { method: 'POST', headers, body })
  const config = { platform: 'github', secret } as const
  const verify = async (request: Request): Promise<unknown> => {
    const { isValid, error } = await WebhookVerificationService.verify(request, config)
    if (!isValid) throw new Error(`tern: ${error}`)
    return isValid
  }
  return [
    {
      name: 'tern',
      maxCalls: 4_000,
      prepare(calls) {
        const requests = Array.from({ length: calls }, make)
        return async () => {
          for (const request of requests) await verify(request)
        }
      },
    },
    repeatedAsync('tern, Request made', () => verify(make())),
  ]
}
