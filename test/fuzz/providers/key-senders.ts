import { repeatsSession } from './body-senders.ts'
import { gridGreeting, originGreeting } from './greetings.ts'
import { type KeyOptions, key } from './proofs.ts'
import { named, type Secrets, type Sender } from './sender.ts'

const form = 'application/x-www-form-urlencoded'

/** Senders that sign nothing, and carry a key. */
export function keySenders({ text }: Secrets): readonly Sender[] {
  const sender = (name: string, place: Omit<KeyOptions, 'key'>, secret = text()): Sender =>
    named(name, secret, key({ key: secret, ...place }))
  return [
    {
      ...sender('cloudevents', {
        header: { name: 'authorization', format: 'bearer' },
        query: 'access_token',
      }),
      isBatch: true,
      greetings: originGreeting,
      mediaTypes: ['application/json', 'application/cloudevents+json', 'text/plain'],
      tells: ['ce-specversion', 'ce-type', 'ce-source', 'ce-id'],
    },
    { ...sender('event-grid', { query: 'code' }), isBatch: true, greetings: gridGreeting },
    { ...sender('flow', { query: 'k' }), mediaTypes: [form] },
    { ...sender('khipu, old', { query: 'k' }), mediaTypes: [form] },
    {
      ...sender('gitlab by secret token', {
        header: { name: 'x-gitlab-token', format: 'raw' },
      }),
      tells: ['idempotency-key'],
    },
    {
      ...sender('mailjet', { header: { name: 'authorization', format: 'basic' } }, `hooks:${text()}`),
      isBatch: true,
    },
    {
      ...sender('make', { header: { name: 'x-make-apikey', format: 'raw' } }),
      mediaTypes: ['application/json', form],
      tells: ['x-event-type', 'idempotency-key'],
    },
    {
      ...sender('n8n', { header: { name: 'authorization', format: 'bearer' } }),
      isBatch: true,
      tells: ['x-event-type'],
    },
    {
      ...sender('zenpli by API key', {
        header: { name: 'authorization', format: 'either' },
      }),
      needs: repeatsSession,
    },
  ]
}
