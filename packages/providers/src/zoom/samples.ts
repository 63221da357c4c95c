import type { ZoomEvents } from './events.ts'

const account_id = 'AAAAAABBBB'
const event_ts = 1_795_633_156_164
const meeting = {
  id: '1234567890',
  uuid: '4444AAAiAAAAAiAiAiiAii==',
  host_id: 'x1yCzABCDEfg23HiJKl4mN',
  topic: 'Cierre de mes',
  type: 2,
  start_time: '2026-11-25T18:30:00Z',
  timezone: 'America/Santiago',
  duration: 60,
}

/** In the form of the reference of «Meeting Events» and «User Events». */
export const samples: Partial<ZoomEvents> = {
  'meeting.started': { event: 'meeting.started', event_ts, payload: { account_id, object: meeting } },
  'meeting.ended': {
    event: 'meeting.ended',
    event_ts,
    payload: { account_id, object: { ...meeting, end_time: '2026-11-25T18:59:16Z' } },
  },
  'meeting.participant_joined': {
    event: 'meeting.participant_joined',
    event_ts,
    payload: {
      account_id,
      object: { ...meeting, participant: { user_id: '16778240', user_name: 'Ana Rojas' } },
    },
  },
  'recording.completed': {
    event: 'recording.completed',
    event_ts,
    download_token: 'abJhbGciOiJIUzUxMiJ9.eyJpc3MiOiJodHRwczovL2V2ZW50Lnpvb20udXMifQ.c2lnbmF0dXJl',
    payload: {
      account_id,
      object: { ...meeting, recording_count: 1, recording_files: [{ id: 'ed6c2f27', file_type: 'MP4' }] },
    },
  },
  'user.created': {
    event: 'user.created',
    event_ts,
    payload: {
      account_id,
      operator: 'admin@example.com',
      object: { id: 'z8yCxjabcdEFGHfp8uQ', first_name: 'Ana', last_name: 'Rojas', type: 1 },
    },
  },
}
