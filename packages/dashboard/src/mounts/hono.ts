import type { Dashboard } from '../dashboard.ts'

/** The part of Hono 4's context that the middleware uses. */
export interface HonoContext {
  /** Hono's request. */
  readonly req: {
    /** The `Request` behind it. */
    readonly raw: Request
  }
}

/**
 * The dashboard as Hono middleware: `app.use(toHonoMiddleware(board))`. What is not below `basePath` is passed on. `authorize` is
 * handed Hono's context as its second parameter.
 * @example
 * import { memoryInbox } from '@acuse/core'
 * import { dashboard, toHonoMiddleware } from '@acuse/dashboard'
 * import { Hono } from 'hono'
 *
 * const isAdmin = (request: Request) => request.headers.get('x-forwarded-user') === 'ada'
 * const board = dashboard({ inboxes: { main: memoryInbox() }, authorize: isAdmin })
 * export const app = new Hono().use(toHonoMiddleware(board))
 */
export function toHonoMiddleware(
  board: Dashboard,
): (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined> {
  return async function acuseDashboard(context, next) {
    const { pathname } = new URL(context.req.raw.url)
    const { basePath } = board
    if (pathname === basePath || pathname.startsWith(`${basePath}/`))
      return await board(context.req.raw, context)
    await next()
    return undefined
  }
}
