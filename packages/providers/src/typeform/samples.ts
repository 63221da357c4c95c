import type { TypeformEvents } from './events.ts'

const form_response = {
  form_id: 'lT4Z3j',
  token: 'a3a12ec67a1365927098a606107fac15',
  landed_at: '2018-01-18T18:07:02Z',
  submitted_at: '2018-01-18T18:17:02Z',
  definition: {
    id: 'lT4Z3j',
    title: 'Webhooks example',
    fields: [{ id: 'DlXFaesGBpoF', title: 'Your answer', type: 'long_text' }],
  },
  answers: [{ type: 'text', text: 'Some text', field: { id: 'DlXFaesGBpoF', type: 'long_text' } }],
}

/** In the form of Typeform's documents. */
export const samples: { readonly [Name in keyof TypeformEvents]: TypeformEvents[Name] } = {
  form_response: { event_id: 'LtWXD3crgy', event_type: 'form_response', form_response },
  form_response_partial: {
    event_id: 'LtWXD3crgz',
    event_type: 'form_response_partial',
    form_response: { ...form_response, submitted_at: '' },
  },
}
