/**
 * What Meta sends to WhatsApp, Messenger and Instagram apps, by the name of the subscribed field; but what people and
 * businesses write is `message`, and what becomes of a message in WhatsApp is `status`.
 */
export const metaEventNames = [
  'message',
  'status',
  // WhatsApp («Webhooks», fields). `messages`: one that has neither messages nor statuses, such as errors.
  'messages',
  'account_alerts',
  'account_review_update',
  'account_settings_update',
  'account_update',
  'automatic_events',
  'business_capability_update',
  'calls',
  'flows',
  'group_lifecycle_update',
  'group_participants_update',
  'group_settings_update',
  'group_status_update',
  'history',
  'message_template_components_update',
  'message_template_quality_update',
  'message_template_status_update',
  'partner_solutions',
  'payment_configuration_update',
  'phone_number_name_update',
  'phone_number_quality_update',
  'security',
  'smb_app_state_sync',
  'smb_message_echoes',
  'template_category_update',
  'template_correct_category_detection',
  'user_preferences',
  // Messenger and Instagram messaging.
  'message_echoes',
  'message_edits',
  'message_deliveries',
  'message_reads',
  'message_reactions',
  'messaging_account_linking',
  'messaging_feedback',
  'messaging_handovers',
  'messaging_optins',
  'messaging_policy_enforcement',
  'messaging_postbacks',
  'messaging_referrals',
  'messaging_seen',
  // Of threads that another app holds.
  'standby',
  // One that is none of those, such as a new kind of it.
  'messaging',
  // Pages and Instagram accounts.
  'comments',
  'feed',
  'leadgen',
  'live_comments',
  'mention',
  'mentions',
  'ratings',
  'story_insights',
] as const

/** The name of an event. */
export type MetaEventName = (typeof metaEventNames)[number]
