import type { Alert, Notifier } from './alert.ts'
import { post, toTarget } from './post.ts'

/**
 * Tells a Slack channel through an incoming webhook. The address is a secret: it stands in no message and no log.
 * @param url the webhook's address, `https://hooks.slack.com/services/…`; `undefined` throws, so that an unset environment variable is noticed
 * @throws TypeError when it is no https address
 * @example
 * import { alerts, slackNotifier } from '@acuse/core/alerts'
 *
 * export const watch = alerts({ notify: slackNotifier(process.env['SLACK_WEBHOOK_URL']) })
 */
export function slackNotifier(url: string | URL | undefined): Notifier {
  const target = toTarget('slackNotifier url', url)
  const headers = { 'content-type': 'application/json' }
  return async function slackNotifier(alert, { signal }) {
    await post(target, { headers, body: JSON.stringify(toMessage(alert)), signal })
  }
}

function toMessage({ state, summary }: Alert): { readonly text: string } {
  const sign = state === 'firing' ? ':rotating_light:' : ':white_check_mark:'
  return { text: `${sign} *${state}* ${escaped(summary)}` }
}

/** The three characters that Slack's text gives a meaning: https://docs.slack.dev/messaging/formatting-message-text */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
