import { setTimeout as sleep } from 'node:timers/promises'
import type { OwnPostgres } from '../support/postgres.ts'
import type { OwnRedis } from '../support/redis.ts'
import type { Row } from '../support/report.ts'
import { hard, milliseconds } from '../support/report.ts'
import { none, told } from './campaign.ts'
import type { Senders } from './senders.ts'
import type { Victim } from './victim.ts'

/** The context of a campaign under load. */
export interface Stage {
  readonly victim: Victim
  /** The victim's Redis; throws where it has none. */
  readonly redis: OwnRedis
  /** The victim's Postgres, where it has one. */
  readonly postgres?: OwnPostgres | undefined
  readonly senders: Senders
  /** Where the victim's files are. */
  readonly folder: string
}

/** Something that is done to a receiver under load, again and again, and mended each time. */
export interface Blow {
  strike(stage: Stage): Promise<void>
  /** Other figures. */
  rows(stage: Stage): readonly Row[]
}

/** The receiver's process is killed as a power cut kills it, and started again. */
export function killReceiver(): Blow {
  return {
    async strike({ victim }) {
      await victim.kill()
      await victim.start()
    },
    rows: () => [],
  }
}

/** Redis is killed and started again, with the same files. */
export function killRedis(): Blow {
  return {
    async strike({ redis }) {
      await redis.kill()
      await redis.restart()
    },
    rows: () => [],
  }
}

/** Postgres is killed, each sixth time stopped as `pg_ctl stop -m immediate` does, and started again with the same data. */
export function killPostgres(): Blow {
  const struck = { SIGKILL: 0, SIGQUIT: 0 }
  return {
    async strike({ postgres }) {
      const signal = (struck.SIGKILL + struck.SIGQUIT) % 6 === 5 ? 'SIGQUIT' : 'SIGKILL'
      struck[signal]++
      await postgres?.kill(signal)
      await postgres?.restart()
    },
    rows: () => [
      told('kills of Postgres', struck.SIGKILL),
      told('immediate stops of Postgres', struck.SIGQUIT),
    ],
  }
}

/** Of 31 blows 25 kill the receiver, five Postgres, and one stops Postgres at once. */
export function killEither(): Blow {
  const struck = { receiver: 0, SIGKILL: 0, SIGQUIT: 0 }
  return {
    async strike({ victim, postgres }) {
      const at = (struck.receiver + struck.SIGKILL + struck.SIGQUIT) % 31
      const signal = at === 2 ? 'SIGQUIT' : at % 6 === 5 ? 'SIGKILL' : undefined
      struck[signal ?? 'receiver']++
      if (signal) {
        await postgres?.kill(signal)
        await postgres?.restart()
      } else {
        await victim.kill()
        await victim.start()
      }
    },
    rows: () => [
      told('kills of the receiver', struck.receiver),
      told('kills of Postgres', struck.SIGKILL),
      told('immediate stops of Postgres', struck.SIGQUIT),
    ],
  }
}

/** Redis is away, for so long. */
export function removeRedis(awayMs: number): Blow {
  return {
    async strike({ redis }) {
      await redis.kill()
      await sleep(awayMs)
      await redis.restart()
    },
    rows: ({ senders }) => [none('given up by the sender', senders.sent.gaveUp)],
  }
}

const exitMs = 5_000

/** The receiver is told to end, and started again. */
export function terminate(): Blow {
  let unclean = 0
  let slowestMs = 0
  return {
    async strike({ victim }) {
      const startedAt = performance.now()
      if ((await victim.kill('SIGTERM')) !== 0) unclean++
      slowestMs = Math.max(slowestMs, performance.now() - startedAt)
      await victim.start()
    },
    rows: ({ senders }) => [
      none('accepted but unanswered', senders.sent.acceptedUntold),
      none('exit codes other than 0', unclean),
      {
        figure: 'slowest exit',
        value: milliseconds(slowestMs),
        goal: hard(`<= ${exitMs} ms`, slowestMs <= exitMs),
      },
    ],
  }
}
