import type { DocusignEvents } from './events.ts'

const envelopeId = '5ec42e4e-0000-4d7e-9d5a-000000000000'
const common = {
  apiVersion: 'v2.1',
  uri: `/restapi/v2.1/accounts/00000000-0000-4000-8000-000000000000/envelopes/${envelopeId}`,
  retryCount: 0,
  configurationId: 10_210_205,
  generatedDateTime: '2021-10-01T21:58:45.2187418Z',
}
const data = {
  accountId: '00000000-0000-4000-8000-000000000000',
  userId: '00000000-0000-4000-8000-000000000001',
  envelopeId,
}

/** In the form of Docusign's documents. */
export const samples: Partial<DocusignEvents> = {
  'envelope-sent': { ...common, event: 'envelope-sent', data },
  'envelope-completed': {
    ...common,
    event: 'envelope-completed',
    data: { ...data, envelopeSummary: { status: 'completed', emailSubject: 'Please sign' } },
  },
  'recipient-completed': { ...common, event: 'recipient-completed', data: { ...data, recipientId: '1' } },
}
