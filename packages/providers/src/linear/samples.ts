import type { LinearEvents } from './events.ts'

const envelope = {
  createdAt: '2026-11-25T18:59:16.000Z',
  webhookTimestamp: 1_795_633_156_164,
  webhookId: '000042e3-d123-4980-b49f-8e140eef9329',
  organizationId: '9f5f9d4e-0f0b-4f0b-8d54-2f9a4a0f6b11',
  actor: { id: 'b5ea5f1f-8adc-4f52-b4bd-ab4e84cf51ba', type: 'user', name: 'Ana Rojas' },
}

const issue = {
  id: '539068e2-ae88-4d09-bd75-22eb4a59612f',
  identifier: 'PAG-42',
  title: 'Conciliar pagos de noviembre',
  priority: 2,
  teamId: '72b2a2dc-6f4f-4423-9d34-24b5bd10634a',
}

/** In the form of «The webhook payload». */
export const samples: Partial<LinearEvents> = {
  'Issue.create': {
    ...envelope,
    type: 'Issue',
    action: 'create',
    data: issue,
    url: 'https://linear.app/acme/issue/PAG-42',
  },
  'Issue.update': {
    ...envelope,
    type: 'Issue',
    action: 'update',
    data: { ...issue, priority: 1 },
    updatedFrom: { priority: 2 },
    url: 'https://linear.app/acme/issue/PAG-42',
  },
  'Issue.remove': { ...envelope, type: 'Issue', action: 'remove', data: issue },
  'Comment.create': {
    ...envelope,
    type: 'Comment',
    action: 'create',
    data: { id: '2174add1-f7c8-44e3-bbf3-2d60b5ea8bc9', body: 'Listo para revisar', issueId: issue.id },
    url: 'https://linear.app/acme/issue/PAG-42#comment-2174add1',
  },
  'IssueSLA.breached': { ...envelope, type: 'IssueSLA', action: 'breached', issueData: issue },
}
