import { UnrecoverableError } from '@acuse/core'
import type { SnsNotification } from './events.ts'

/**
 * The `Message` of a notification as the JSON that it holds, such as an event of S3 or SES.
 * @throws UnrecoverableError when it is no JSON: no later attempt can read it
 */
export function parseMessage({ Message }: Pick<SnsNotification, 'Message'>): unknown {
  try {
    return JSON.parse(Message)
  } catch {
    throw new UnrecoverableError('Message is no JSON')
  }
}
