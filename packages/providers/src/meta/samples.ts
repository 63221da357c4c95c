import type { MetaChange, MetaEvents, MetaMessaging, MetaValue } from './events.ts'

/** The business and the people of Meta's own examples. */
const whatsApp = {
  messaging_product: 'whatsapp',
  metadata: { display_phone_number: '15550783881', phone_number_id: '106540352242922' },
} as const
const people = { sender: { id: 'PSID' }, recipient: { id: 'PAGE-ID' }, timestamp: 1_458_692_752_478 } as const

function messages(value: MetaValue): MetaChange<'messages'> {
  return { field: 'messages', value: { ...whatsApp, ...value } }
}

function messaging(kind: Partial<MetaMessaging>): MetaMessaging {
  return { ...people, ...kind }
}

/** One payload for each main event. */
export const samples: Partial<MetaEvents> = {
  message: messages({
    contacts: [{ profile: { name: 'Sheena Nelson' }, wa_id: '16505551234' }],
    messages: [
      {
        from: '16505551234',
        id: 'wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=',
        timestamp: '1749416383',
        type: 'text',
        text: { body: 'Does it come in another color?' },
      },
    ],
  }),
  status: messages({
    statuses: [
      {
        id: 'wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBI3MTE5MjY5RTFGMUQ5NzM5OEMA',
        status: 'delivered',
        timestamp: '1749416383',
        recipient_id: '16505551234',
      },
    ],
  }),
  message_template_status_update: {
    field: 'message_template_status_update',
    value: {
      event: 'APPROVED',
      message_template_id: 1_689_556_908_129_832,
      message_template_name: 'order_confirmation',
      message_template_language: 'es',
      reason: 'NONE',
    },
  },
  messaging_postbacks: messaging({ postback: { mid: 'm_AG5Hz2', title: 'Empezar', payload: 'EMPEZAR' } }),
  message_reads: messaging({ read: { watermark: 1_458_668_856_253 } }),
}
