import type { NextFunction, Request } from 'express'

/** The part of Express 4 and 5 routers that tells where a middleware is mounted. */
interface Layer {
  readonly name?: string
  readonly handle?: unknown
  /** Express 5: mounted without a path. */
  readonly slash?: boolean
  /** Express 5. */
  readonly matchers?: readonly ((path: string) => { readonly path: string } | false)[]
  /** Express 4. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean }
}

type Stack = readonly Layer[]
type IsOwn = (layer: Layer) => boolean

/** Finds the layers of a middleware, `mark` being what it carries: tracing tools wrap the function. */
export function ownLayers(middleware: object, mark: string): IsOwn {
  const marked: unknown = Reflect.get(middleware, mark)
  const name: unknown = Reflect.get(middleware, 'name')
  return ({ handle, name: layerName }) => {
    if (handle === middleware) return true
    if (typeof handle !== 'function') return false
    if (Reflect.get(handle, '__original') === middleware || Reflect.get(handle, mark) === marked) return true
    // A wrapper that copies nothing leaves the layer its name; a function of the app's own has the name itself.
    return layerName === name && handle.name !== name
  }
}

/** Whether a middleware is called where it was mounted on purpose: at a route, or at a prefix of its own. */
export function isMountedHere(request: Request, next: NextFunction, isOwn: IsOwn): boolean {
  return isRoutedHere(request, next, isOwn) || isAtPrefix(request, isOwn)
}

/**
 * By `app.post(path, …)`. An earlier route's `request.route` stays behind, but who is called by a router and by no
 * route has the router's own `next`.
 */
function isRoutedHere(request: Request, next: NextFunction, isOwn: IsOwn): boolean {
  const route: { readonly path?: unknown; readonly stack?: Stack } | undefined = request.route
  if (next === request.next || !route?.stack?.some(isOwn)) return false
  return ![route.path].flat().some(isWildcard)
}

const atWildcard = /\*\w*[)}]?$/

function isWildcard(pattern: unknown): boolean {
  return pattern instanceof RegExp ? pattern.test('/any/path/at/all') : atWildcard.test(String(pattern))
}

/** By `app.use(prefix, …)`: nothing of the path is left, and it was not a router around it that took it. */
function isAtPrefix({ path, baseUrl, app }: Request, isOwn: IsOwn): boolean {
  if (path !== '/' || baseUrl === '') return false
  const stack = stackOf(app)
  if (stack === undefined) return false
  // An app that is mounted in another does not tell where: every end of the prefix may be its own.
  for (let at = 0; at >= 0; at = baseUrl.indexOf('/', at + 1))
    if (isPrefixIn(stack, baseUrl.slice(at), isOwn)) return true
  return false
}

interface Routers {
  readonly _router?: { readonly stack: Stack }
  readonly router?: { readonly stack: Stack }
}

/** Express 4 has `_router`, and a `router` that throws when it is asked. */
function stackOf(app: unknown): Stack | undefined {
  const routers: Routers = app ?? {}
  return (routers._router ?? routers.router)?.stack
}

function isPrefixIn(stack: Stack, path: string, isOwn: IsOwn): boolean {
  return stack.some((layer) => {
    const prefix = prefixOf(layer, path)
    if (prefix === undefined) return false
    // A pattern that also matches longer paths is not a mount point, but everything below one.
    const isPlace = prefix === path && prefixOf(layer, `${path}/x`)?.length !== path.length + 2
    if (isOwn(layer)) return prefix !== '' && isPlace
    const { stack: inner }: { readonly stack?: Stack } = layer.handle ?? {}
    return inner !== undefined && isPrefixIn(inner, path.slice(prefix.length) || '/', isOwn)
  })
}

/** The beginning of a path that a layer matches. */
function prefixOf({ slash, matchers, regexp }: Layer, path: string): string | undefined {
  if (slash || regexp?.fast_slash) return ''
  if (regexp) return regexp.exec(path)?.[0]
  for (const match of matchers ?? []) {
    const matched = match(path)
    if (matched) return matched.path
  }
  return undefined
}

/** The part of a path that the wildcard of the webhooks matched, such as `/hooks/*rest`, as it was sent; `undefined` without one. */
export function belowWildcard({ baseUrl, path, params }: Request): string | undefined {
  const taken: unknown = Object.values(params ?? {}).at(-1)
  const isTaken = Array.isArray(taken) || (typeof taken === 'string' && Object.hasOwn(params, '0'))
  const below = isTaken ? `/${[taken].flat().join('/')}` : undefined
  return below !== undefined && withoutSlash(baseUrl + path).endsWith(withoutSlash(below)) ? below : undefined
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, '')
}
