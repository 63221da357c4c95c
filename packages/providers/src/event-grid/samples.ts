import type { EventGridEvent } from './events.ts'

/** In the form of «Event Grid event schema»; the types are yours and Azure's to name. */
export const samples: { readonly [eventType: string]: EventGridEvent } = {
  'Microsoft.Storage.BlobCreated': {
    topic:
      '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/pagos/providers/Microsoft.Storage/storageAccounts/boletas',
    subject: '/blobServices/default/containers/boletas/blobs/42.pdf',
    eventType: 'Microsoft.Storage.BlobCreated',
    eventTime: '2026-11-25T18:59:16.1647262Z',
    id: '93902694-901e-008f-6f95-7153a806873c',
    data: { api: 'PutBlob', contentType: 'application/pdf', contentLength: 11_900, blobType: 'BlockBlob' },
    dataVersion: '',
    metadataVersion: '1',
  },
  'Contoso.Items.ItemReceived': {
    topic:
      '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/pagos/providers/Microsoft.EventGrid/topics/items',
    subject: 'contoso/items/42',
    eventType: 'Contoso.Items.ItemReceived',
    eventTime: '2026-11-25T18:59:16.1647262Z',
    id: '831e1650-001e-001b-66ab-eeb76e069631',
    data: { itemSku: 'Contoso-42' },
    dataVersion: '1.0',
    metadataVersion: '1',
  },
}
