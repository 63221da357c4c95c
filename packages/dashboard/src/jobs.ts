import { randomBytes } from 'node:crypto'
import { describeError } from '@acuse/core/inbox-kit'

const mostJobs = 50
const mostRunning = 8

/** What a user asked for. */
export type JobKind = 'redrive' | 'discard' | 'replay'

/** A redrive, discard or replay: it goes on behind the answer, because it may take longer than a browser waits. */
export interface Job {
  readonly id: string
  readonly kind: JobKind
  readonly inbox: string
  readonly user: string
  readonly startedAt: number
  /** How many so far. */
  count: number
  state: 'running' | 'done' | 'failed' | 'stopped'
  /** What was thrown, as text. */
  message: string
}

/** What a job does; answers how many it changed. */
export type Run = (course: { onProgress(count: number): void; signal: AbortSignal }) => Promise<number>

/** The jobs of this process; the oldest that ended are forgotten. */
export class Jobs {
  readonly #jobs = new Map<
    string,
    { readonly job: Job; readonly abort: AbortController; readonly ended: Promise<void> }
  >()

  /** Begins one; `undefined` where too many are running. */
  start(about: Pick<Job, 'kind' | 'inbox' | 'user' | 'startedAt'>, run: Run): Job | undefined {
    const running = [...this.#jobs.values()].filter(({ job }) => job.state === 'running')
    if (running.length >= mostRunning) return undefined
    const job: Job = {
      ...about,
      id: randomBytes(12).toString('base64url'),
      count: 0,
      state: 'running',
      message: '',
    }
    const abort = new AbortController()
    this.#jobs.set(job.id, { job, abort, ended: settleJob(job, abort.signal, run) })
    this.#forget()
    return job
  }

  /** One by its id. */
  get(id: string): Job | undefined {
    return this.#jobs.get(id)?.job
  }

  /** Resolves when it has ended. */
  async ended(id: string): Promise<void> {
    await this.#jobs.get(id)?.ended
  }

  /** Has one stop behind what it is at. */
  stop(id: string): void {
    this.#jobs.get(id)?.abort.abort()
  }

  #forget(): void {
    for (const [id, { job }] of this.#jobs) {
      if (this.#jobs.size <= mostJobs) return
      if (job.state !== 'running') this.#jobs.delete(id)
    }
  }
}

async function settleJob(job: Job, signal: AbortSignal, run: Run): Promise<void> {
  try {
    job.count = await run({
      signal,
      onProgress: (count) => {
        job.count = count
      },
    })
    job.state = signal.aborted ? 'stopped' : 'done'
  } catch (error) {
    job.message = describeError(error).message
    job.state = 'failed'
  }
}
