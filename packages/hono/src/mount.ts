import type { Receiver } from '@acuse/core'
import type { Context } from 'hono'
import { routePath } from 'hono/route'
import { TrieRouter } from 'hono/router/trie-router'
import { nodeRequest } from './node-request.ts'

/** On a path of its own, or on a pattern below which the path is the receiver's. */
export function isMountedHere(context: Context, { answers }: Pick<Receiver<never>, 'answers'>): boolean {
  if (hasDotSegments(nodeRequest(context)?.url)) return false
  const { path } = context.req
  const mounted = routePath(context)
  if (/^\/?\*$/.test(mounted)) return answers(path)
  // A pattern that matches what lies below a path, too, is no place.
  if (!matches(mounted, `${path.replace(/\/$/, '')}/x`)) return true
  if (!mounted.endsWith('*')) return answers(path)
  const prefix = mounted.replace(/\/?\*$/, '')
  for (let at = 0; at >= 0; at = path.indexOf('/', at + 1))
    if (answers(path.slice(at)) && matches(prefix, path.slice(0, at))) return true
  return false
}

/** Hono's adapter for Node resolves them before it routes; no other framework does, nor what stands before it may have. */
function hasDotSegments(target = ''): boolean {
  return /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(target.split(/[?#]/, 1).join(''))
}

const routers = new Map<string, TrieRouter<true>>()

/** As Hono has it. */
function matches(pattern: string, path: string): boolean {
  let router = routers.get(pattern)
  if (router === undefined) {
    router = new TrieRouter()
    router.add('ALL', pattern, true)
    routers.set(pattern, router)
  }
  return router.match('ALL', path)[0].length > 0
}
