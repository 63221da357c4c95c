import type { ClickupEvents, ClickupHistoryItem } from './events.ts'

const webhook_id = '7fa3ec74-69a8-4530-a251-8a13730bd204'
const user = { id: 183, username: 'John', initials: 'J' }

function change(field: string, before: unknown, after: unknown): readonly ClickupHistoryItem[] {
  return [
    {
      id: '2800763136717140857',
      type: 1,
      date: '1642734631523',
      field,
      parent_id: '162641062',
      data: {},
      source: null,
      user,
      before,
      after,
    },
  ]
}

const open = { status: 'to do', color: '#f9d900', type: 'open', orderindex: 0 }

/** Payloads in the form of ClickUp's documents. */
export const samples: Pick<
  ClickupEvents,
  'taskCreated' | 'taskUpdated' | 'taskStatusUpdated' | 'taskCommentPosted' | 'listUpdated'
> = {
  taskCreated: {
    event: 'taskCreated',
    history_items: change('status', { status: null, color: '#000000', type: 'removed' }, open),
    task_id: '1vj37mc',
    webhook_id,
  },
  taskUpdated: {
    event: 'taskUpdated',
    history_items: change('name', 'Old name', 'New name'),
    task_id: '1vj37mc',
    webhook_id,
  },
  taskStatusUpdated: {
    event: 'taskStatusUpdated',
    history_items: change('status', open, {
      status: 'in progress',
      color: '#7C4DFF',
      orderindex: 1,
      type: 'custom',
    }),
    task_id: '1vj38vv',
    webhook_id,
  },
  taskCommentPosted: {
    event: 'taskCommentPosted',
    history_items: change('comment', null, '648893191'),
    task_id: '1vj38vv',
    webhook_id,
  },
  listUpdated: {
    event: 'listUpdated',
    history_items: change('name', 'webhook payload', 'Webhook payloads'),
    list_id: '162641234',
    webhook_id,
  },
}
