import type { NotionEvent, NotionEventName, NotionEvents, NotionReference } from './events.ts'

const page: NotionReference = { id: '153104cd-477e-809d-8dc4-ff2d96ae3090', type: 'page' }
const comment: NotionReference = { id: 'c1a2b3c4-477e-809d-8dc4-ff2d96ae3090', type: 'comment' }
const dataSource: NotionReference = { id: '2dc104cd-477e-80f2-9e4d-000b2b1e7f3a', type: 'data_source' }
const parent: NotionReference = { id: '13950b26-c203-4f3b-b97d-93ec06319565', type: 'space' }

function event<Name extends NotionEventName>(
  type: Name,
  entity: NotionReference,
  data: NonNullable<NotionEvent<Name>['data']>,
): NotionEvent<Name> {
  return {
    id: '367cba44-b6f3-4c92-81e7-6a2e9659efd4',
    timestamp: '2024-12-05T23:55:34.285Z',
    workspace_id: '13950b26-c203-4f3b-b97d-93ec06319565',
    workspace_name: 'Quantify Labs',
    subscription_id: '29d75c0d-5546-4414-8459-7b7a92f1fc4b',
    integration_id: '0ef2e755-4912-8096-91c1-00376a88a5ca',
    type,
    authors: [{ id: 'c7c11cca-1d73-471d-9b6e-bdef51470190', type: 'person' }],
    accessible_by: [{ id: '556a1abf-4f08-40c6-878a-75890d2a88ba', type: 'person' }],
    attempt_number: 1,
    api_version: '2025-09-03',
    entity,
    data,
  }
}

/** Payloads in the form of Notion's documents. */
export const samples: Pick<
  NotionEvents,
  | 'page.created'
  | 'page.content_updated'
  | 'page.properties_updated'
  | 'comment.created'
  | 'data_source.schema_updated'
> = {
  'page.created': event('page.created', page, { parent }),
  'page.content_updated': event('page.content_updated', page, {
    parent,
    updated_blocks: [{ id: '153104cd-477e-80ec-95ea-fae1a3d2b7a1', type: 'block' }],
  }),
  'page.properties_updated': event('page.properties_updated', page, {
    parent,
    updated_properties: ['XGe%40', 'bDf%5B'],
  }),
  'comment.created': event('comment.created', comment, { page_id: page.id, parent: page }),
  'data_source.schema_updated': event('data_source.schema_updated', dataSource, {
    parent,
    updated_properties: [{ id: 'kqLW', name: 'Created at', action: 'created' }],
  }),
}
