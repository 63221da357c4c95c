import { type Observation, type Observer, systemClock } from '@acuse/core'
import type { CaptureOptions } from '@acuse/core/capture-file'
import { admit } from './access.ts'
import { answer, refused } from './answer.ts'
import { Counters } from './counters.ts'
import { cookieOf, isSameOrigin, type Session, sessionOf, Tokens, toCookie, toSecret } from './csrf.ts'
import { Format } from './format.ts'
import { inboxesOf, receiversOf } from './inboxes.ts'
import { Jobs } from './jobs.ts'
import { asset, document } from './layout.ts'
import { type Access, checkDashboardOptions, type DashboardOptions, toBasePath } from './options.ts'
import { forbidden } from './pages/errors.ts'
import { withoutEnd } from './paths.ts'
import { readForm } from './read-form.ts'
import { Recent } from './recent.ts'
import { Refusals } from './refusals.ts'
import { route, takesForms } from './router.ts'
import { type Language, preferred, texts } from './texts/index.ts'
import type { Board, Page, View } from './view.ts'

const historyMinutes = 180
const langCookie = 'acuse-dashboard-lang'

/** A handler of WHATWG `Request`s, and what receivers are given so that it has something to show. */
export interface Dashboard {
  /**
   * Answers a request. Whatever is not below `basePath` is a 404.
   * @param native what `authorize` is handed beside the request
   */
  (request: Request, native?: unknown): Promise<Response>
  /** The path below which it answers, without a slash at its end. */
  readonly basePath: string
  /** For the option `observer` of receivers: what the charts, the live view and the counts of refusals are made of. */
  readonly observer: Observer
  /** For `capture: { refused: 50, keep: board.keepRefused }` of receivers: the requests that are explained. */
  readonly keepRefused: CaptureOptions['keep']
}

/**
 * Pages that show deliveries and dead letters, and redrive, discard and replay them. It keeps nothing but counts of the last
 * three hours.
 * @throws TypeError without a function `authorize`, or when an option cannot be used
 * @example
 * import { createServer } from 'node:http'
 * import { createReceiver, memoryInbox } from '@acuse/core'
 * import { dashboard, toNodeListener } from '@acuse/dashboard'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 *
 * const inbox = memoryInbox()
 * const admin = `Basic ${btoa(`admin:${process.env['DASHBOARD_PASSWORD']}`)}`
 * const login = { status: 401, headers: { 'www-authenticate': 'Basic realm="acuse"' } }
 * const board = dashboard({
 *   inboxes: { main: inbox },
 *   authorize: (request) => request.headers.get('authorization') === admin || new Response(null, login),
 * })
 * export const receiver = createReceiver(redcumbre(process.env['REDCUMBRE_SECRET']), { inbox, observer: board.observer })
 * createServer(toNodeListener(board)).listen(3001)
 */
export function dashboard(options: DashboardOptions): Dashboard {
  checkDashboardOptions(options)
  const board = toBoard(options)
  const tokens = new Tokens(toSecret(options.secret))
  const { clock } = board
  const { authorizeTimeoutMs: timeoutMs = 5_000 } = options

  const handler = async (request: Request, native?: unknown): Promise<Response> => {
    const admitted = await admit(options, request, native, { timeoutMs, clock })
    if (admitted === undefined) return refused()
    if (admitted instanceof Response) return admitted
    return withoutBody(request, await show(request, admitted, { board, tokens, options }))
  }
  return Object.assign(handler, {
    basePath: board.basePath,
    keepRefused: (requests: Parameters<Dashboard['keepRefused']>[0]) => board.refusals.keep(requests),
    observer(observation: Observation) {
      const now = clock.now()
      board.counters.add(observation, now)
      board.recent.add(observation, now)
      board.refusals.add(observation, now)
    },
  })
}

function toBoard(options: DashboardOptions): Board {
  return {
    basePath: toBasePath(options.basePath),
    clock: options.clock ?? systemClock,
    inboxTimeoutMs: options.inboxTimeoutMs ?? 10_000,
    counters: new Counters(historyMinutes),
    recent: new Recent(),
    refusals: new Refusals(),
    jobs: new Jobs(),
    inboxes: () => inboxesOf(options),
    receivers: () => receiversOf(options),
  }
}

interface Parts {
  readonly board: Board
  readonly tokens: Tokens
  readonly options: DashboardOptions
}

async function show(request: Request, access: Required<Access>, parts: Parts): Promise<Response> {
  const path = pathOf(request, parts.board)
  const isPost = request.method === 'POST'
  if (path === undefined || (isPost && !takesForms(path)))
    return answer(404, 'text/plain; charset=utf-8', 'Not found\n')
  if (!isPost && request.method !== 'GET' && request.method !== 'HEAD')
    return answer(405, 'text/plain; charset=utf-8', 'Method not allowed\n', { allow: 'GET, HEAD, POST' })
  const file = asset(path)
  if (file) return file
  const session = sessionOf(request, parts.board.basePath)
  const view = toView(request, path, access, session, parts)
  const shown = isPost ? await take(request, view, session, parts) : await route(view, undefined)
  return withCookies(shown instanceof Response ? shown : toAnswer(view, shown), request, view, session, parts)
}

/** A form changes something only where everything says that this user's own page sent it. */
async function take(
  request: Request,
  view: View,
  session: Session,
  { tokens }: Parts,
): Promise<Page | Response> {
  const { texts: words, user, now } = view
  if (!view.mayWrite) return forbidden(view, words.mayNotWrite)
  const form = isSameOrigin(request) ? await readForm(request) : undefined
  if (form === undefined || session.setCookie !== undefined) return forbidden(view, words.forbiddenText)
  if (!tokens.isGood(form.get('token') ?? undefined, user, session.id, now))
    return forbidden(view, words.forbiddenText)
  return await route(view, form)
}

/** The path below the base, as the routes have it; `undefined` where it is none of ours. */
function pathOf(request: Request, { basePath }: Board): string | undefined {
  const { pathname } = new URL(request.url)
  if (pathname !== basePath && !pathname.startsWith(`${basePath}/`)) return undefined
  return withoutEnd(pathname.slice(basePath.length)) || '/'
}

function toView(
  request: Request,
  path: string,
  access: Required<Access>,
  session: Session,
  parts: Parts,
): View {
  const { board, tokens, options } = parts
  const { user, mayWrite } = access
  const { searchParams } = new URL(request.url)
  const now = board.clock.now()
  const asked = [options.lang, searchParams.get('lang'), cookieOf(request, langCookie)].find(isLanguage)
  const lang = asked ?? preferred(request.headers.get('accept-language'))
  return {
    board,
    path: path === '/' ? '/' : path,
    query: searchParams,
    user,
    mayWrite,
    token: tokens.make(user, session.id, now),
    lang,
    isLangFixed: options.lang !== undefined,
    texts: texts[lang],
    format: new Format(lang),
    now,
  }
}

function isLanguage(text: string | null | undefined): text is Language {
  return text === 'en' || text === 'es'
}

function toAnswer(view: View, page: Page): Response {
  return answer(page.status ?? 200, 'text/html; charset=utf-8', document(view, page).toString(), {
    'content-language': view.lang,
  })
}

function withCookies(
  response: Response,
  request: Request,
  view: View,
  session: Session,
  { board }: Parts,
): Response {
  if (session.setCookie !== undefined) response.headers.append('set-cookie', session.setCookie)
  const chosen = view.query.get('lang')
  if (isLanguage(chosen))
    response.headers.append('set-cookie', toCookie(request, board.basePath, langCookie, chosen))
  return response
}

/** RFC 9110 §9.3.2: HEAD has the headers of GET and no content. */
function withoutBody(request: Request, response: Response): Response {
  return request.method === 'HEAD'
    ? new Response(null, { status: response.status, headers: response.headers })
    : response
}
