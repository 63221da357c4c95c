import { memoryInbox } from '@acuse/core'
import { redcumbreWebhooks, type Webhooks } from '@acuse/hono'
import type { RedcumbreEvents } from '@acuse/providers/redcumbre'
import { Hono } from 'hono'
import { equal } from './expect.ts'
import { delivery, path, secret, signedPost } from './requests.ts'
import type { Case } from './shared-cases.ts'
import type { Send } from './subjects.ts'

// Made while the module loads, as applications do: workerd forbids much there that a request may do.
const early = attempt(() => new Hono().use(redcumbreWebhooks(secret)))

function attempt<T>(make: () => T): () => T {
  try {
    const made = make()
    return () => made
  } catch (error) {
    return () => {
      throw error
    }
  }
}

function fresh(): Webhooks<RedcumbreEvents> {
  return redcumbreWebhooks(secret, { inbox: memoryInbox() })
}

/** The statuses and bodies of what an application answers to signed deliveries on these paths. */
async function answersOf(app: Hono, send: Send, paths: readonly string[]): Promise<string[]> {
  const answers: string[] = []
  for (const [at, to] of paths.entries()) {
    const response = await send(app.fetch, await signedPost(delivery(`${at}`), to))
    answers.push(`${response.status} ${(await response.text()).split(',', 1)}`)
  }
  return answers
}

const accepted = '200 {"success":true'

/** Cases that only an application of Hono has. */
export const honoCases: readonly Case<Send>[] = [
  {
    says: 'paths with and without a trailing slash are answered, other paths pass on',
    async run(send) {
      const webhooks = fresh()
      const app = new Hono().use(webhooks).all('*', (context) => context.text('passed on', 404))
      const paths = [path, `${path}/`, '/', `${path}/more`, `${path}s`, path.toUpperCase()]
      const passed = '404 passed on'
      equal(await answersOf(app, send, paths), [accepted, accepted, passed, passed, passed, passed])
      await webhooks.close()
    },
  },
  {
    says: "mounted with app.use('/hooks', webhooks) it answers there, and not on the provider's path",
    async run(send) {
      const webhooks = fresh()
      const app = new Hono().use('/hooks', webhooks)
      const answers = await answersOf(app, send, ['/hooks', path])
      equal(answers, [accepted, '404 404 Not Found'])
      await webhooks.close()
    },
  },
  {
    says: 'a body that an earlier middleware took with c.req.arrayBuffer() is received',
    async run(send) {
      const webhooks = fresh()
      const app = new Hono()
        .use(async (context, next) => {
          await context.req.arrayBuffer()
          await next()
        })
        .use(webhooks)
      equal(await answersOf(app, send, [path]), [accepted])
      await webhooks.close()
    },
  },
  {
    says: 'an application made while the module loads receives',
    async run(send) {
      equal(await answersOf(early(), send, [path]), [accepted])
    },
  },
]
