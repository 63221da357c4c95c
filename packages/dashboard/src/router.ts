import { change, preview } from './pages/change.ts'
import { deadLetters } from './pages/dead.ts'
import { deliveries } from './pages/deliveries.ts'
import { delivery, download } from './pages/delivery.ts'
import { failure, notFound } from './pages/errors.ts'
import { job, stopJob } from './pages/job.ts'
import { live, liveEvents } from './pages/live.ts'
import { overview } from './pages/overview.ts'
import { refusal, refusedRequests } from './pages/refused.ts'
import { search } from './pages/search.ts'
import type { Page, View } from './view.ts'

type Shown = Page | Response

const pages: Readonly<Record<string, (view: View) => Shown | Promise<Shown>>> = {
  '/': overview,
  '/deliveries': deliveries,
  '/dead': deadLetters,
  '/delivery': delivery,
  '/body': download,
  '/search': search,
  '/live': live,
  '/live/events': liveEvents,
  '/refused': refusedRequests,
  '/refusal': refusal,
  '/change': preview,
  '/job': job,
}

const changes: Readonly<Record<string, (view: View, form: URLSearchParams) => Shown | Promise<Shown>>> = {
  '/change': change,
  '/job/stop': stopJob,
}

/** Whether something is changed at a path, by POST. */
export function takesForms(path: string): boolean {
  return Object.hasOwn(changes, path)
}

/** The page of an address; what an inbox throws is a page, too. */
export async function route(view: View, form: URLSearchParams | undefined): Promise<Shown> {
  try {
    if (form) return (await ownOf(changes, view.path)?.(view, form)) ?? notFound(view)
    return (await ownOf(pages, view.path)?.(view)) ?? notFound(view)
  } catch (error) {
    return failure(view, error)
  }
}

function ownOf<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}
