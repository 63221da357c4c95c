import type { EventRule, Value } from '@acuse/core/provider-kit'
import type { MetaEventName } from './event-names.ts'

/** What only this kind of `messaging` has, and the field that is subscribed to for it. */
const messaging: readonly (readonly [path: string, name: MetaEventName])[] = [
  ['message_edit.mid', 'message_edits'],
  ['postback.payload', 'messaging_postbacks'],
  ['reaction.mid', 'message_reactions'],
  ['delivery.watermark', 'message_deliveries'],
  ['read.watermark', 'message_reads'],
  // Instagram's.
  ['read.mid', 'messaging_seen'],
  ['optin.type', 'messaging_optins'],
  ['optin.ref', 'messaging_optins'],
  ['referral.type', 'messaging_referrals'],
  ['referral.source', 'messaging_referrals'],
  ['pass_thread_control.new_owner_app_id', 'messaging_handovers'],
  ['take_thread_control.previous_owner_app_id', 'messaging_handovers'],
  ['request_thread_control.requested_owner_app_id', 'messaging_handovers'],
  ['account_linking.status', 'messaging_account_linking'],
  ['policy_enforcement.action', 'messaging_policy_enforcement'],
  ['messaging_feedback.feedback_screens.*.screen_id', 'messaging_feedback'],
  // The rest, so that none is refused.
  ['sender.id', 'messaging'],
]

const messageIds: Value = { body: 'value.messages.*.id' }
const statusIds: Value = { body: 'value.statuses.*.id' }
const mid: Value = { body: 'message.mid' }
const isMessages = { body: 'field', is: 'messages' } as const

/**
 * What a change or a `messaging` is. A change may hold several messages: their ids are its idempotency key. What has no id is
 * known by its bytes, which hold its time.
 */
export const eventRules: readonly EventRule[] = [
  // What an app sees of threads that another app holds: it is not this one's to answer.
  { items: 'entry.*.standby.*', type: [{ text: 'standby' }] },
  {
    when: [isMessages, { ...messageIds, exists: true }],
    type: [{ text: 'message' }],
    idempotencyKey: [messageIds],
  },
  {
    when: [isMessages, { ...statusIds, exists: true }],
    type: [{ text: 'status' }],
    idempotencyKey: [statusIds, { body: 'value.statuses.*.status' }],
  },
  { when: { body: 'field', exists: true }, type: [{ body: 'field' }] },
  // What a page itself wrote: a bot that answers it talks to itself.
  {
    when: { body: 'message.is_echo', is: 'true' },
    type: [{ text: 'message_echoes' }],
    idempotencyKey: [mid],
  },
  { when: { ...mid, exists: true }, type: [{ text: 'message' }], idempotencyKey: [mid] },
  ...messaging.map(([body, name]): EventRule => ({ when: { body, exists: true }, type: [{ text: name }] })),
  // A body without any of them: one event, by what it is of, such as `page`.
  { type: [{ body: 'object' }] },
]
