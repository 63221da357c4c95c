import type { SvixOperationalEvents } from './events.ts'

const endpoint = {
  appId: 'app_1srOrx2ZWZBpBUvZwXKQmoEYga2',
  appUid: 'unique-app-identifier',
  endpointId: 'ep_1srOrx2ZWZBpBUvZwXKQmoEYga2',
}

/** Payloads of Svix's documents. */
export const samples: Pick<
  SvixOperationalEvents,
  'endpoint.created' | 'endpoint.disabled' | 'message.attempt.exhausted'
> = {
  'endpoint.created': {
    type: 'endpoint.created',
    data: { ...endpoint, endpointUid: 'unique-endpoint-identifier' },
  },
  'endpoint.disabled': {
    type: 'endpoint.disabled',
    data: { ...endpoint, failSince: '2022-11-06T15:04:05Z', trigger: 'automatic' },
  },
  'message.attempt.exhausted': {
    type: 'message.attempt.exhausted',
    data: {
      ...endpoint,
      msgId: 'msg_1srOrx2ZWZBpBUvZwXKQmoEYga2',
      msgEventId: 'unique-msg-identifier',
      lastAttempt: {
        id: 'atmpt_1srOrx2ZWZBpBUvZwXKQmoEYga2',
        responseStatusCode: 500,
        timestamp: '2022-11-06T15:04:05Z',
      },
    },
  },
}
