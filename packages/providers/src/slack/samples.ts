import type { SlackEvents } from './events.ts'

const app = { team_id: 'T061EG9R6', api_app_id: 'A0PNCHHK2' }
const callback = { ...app, type: 'event_callback', event_id: 'Ev0PV52K21', event_time: 1515449522 } as const
const interaction = {
  team: { id: 'T061EG9R6', domain: 'example' },
  user: { id: 'U061F7AUR', username: 'roadrunner' },
  api_app_id: 'A0PNCHHK2',
  trigger_id: '398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
}

/** Payloads in the form of Slack's documents, without the verification token, which Slack calls deprecated. */
export const samples: Pick<
  SlackEvents,
  'app_mention' | 'message' | 'reaction_added' | 'command' | 'block_actions' | 'view_submission'
> = {
  app_mention: {
    ...callback,
    event: {
      type: 'app_mention',
      user: 'U061F7AUR',
      text: '<@U0LAN0Z89> is it everything a river should be?',
      ts: '1515449522.000016',
      channel: 'C123ABC456',
      event_ts: '1515449522000016',
    },
  },
  message: {
    ...callback,
    event: {
      type: 'message',
      user: 'U061F7AUR',
      text: 'Live long and prosper.',
      ts: '1515449523.000017',
      channel: 'C123ABC456',
      channel_type: 'channel',
    },
  },
  reaction_added: {
    ...callback,
    event: {
      type: 'reaction_added',
      user: 'U061F7AUR',
      reaction: 'thumbsup',
      item: { type: 'message', channel: 'C123ABC456', ts: '1360782400.498405' },
      event_ts: '1360782804.083113',
    },
  },
  command: {
    ...app,
    command: '/weather',
    text: '94070',
    team_domain: 'example',
    channel_id: 'C2147483705',
    channel_name: 'test',
    user_id: 'U061F7AUR',
    user_name: 'roadrunner',
    response_url: 'https://hooks.slack.com/commands/1234/5678',
    trigger_id: interaction.trigger_id,
  },
  block_actions: {
    ...interaction,
    type: 'block_actions',
    actions: [
      {
        action_id: 'approve',
        block_id: 'request',
        type: 'button',
        value: '1',
        action_ts: '1548426417.840180',
      },
    ],
    response_url: 'https://hooks.slack.com/actions/1234/5678/9012',
  },
  view_submission: {
    ...interaction,
    type: 'view_submission',
    view: { id: 'VNHU13V36', type: 'modal', callback_id: 'request', state: { values: {} } },
  },
}
