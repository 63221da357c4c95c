import { canSetClock } from '../support/wall-clock.ts'
import { apart, rolling } from './apart.ts'
import { backlog } from './backlog.ts'
import { killEither, killPostgres, killReceiver, killRedis, removeRedis, terminate } from './blows.ts'
import type { Campaign } from './campaign.ts'
import { canFailSync, canMount, failSync, fillDisk, mountDisk } from './disk.ts'
import { eventLogKills } from './event-log.ts'
import { failover, postgresFailover } from './failover.ts'
import { fencing } from './fencing.ts'
import { fileTaken } from './file-taken.ts'
import { busyThread, clockSetBack, lockedOut } from './holder.ts'
import { outages } from './outages.ts'
import { outboxKills } from './outbox-kills.ts'
import { poisonKills, poisonThroughput } from './poison.ts'
import { ratio } from './ratio.ts'
import { recovery } from './recovery.ts'
import { recoveryWithPoison } from './recovery-poison.ts'
import { redisFull } from './redis-full.ts'
import { redrive } from './redrive.ts'
import { replay } from './replay.ts'
import { schedule } from './schedule.ts'
import { soak } from './soak.ts'
import { type LoadForm, type UnderLoad, underLoad } from './under-load.ts'
import { vacuum } from './vacuum.ts'

const usual: LoadForm = { blows: 20, acknowledged: 100, width: 16, upMs: 600, secondMs: 250 }
const killing: Pick<UnderLoad, 'blow' | 'short' | 'long'> = {
  blow: killReceiver,
  short: { ...usual, blows: 30 },
  long: { blows: 500, acknowledged: 500_000, width: 64, upMs: 3_500, secondMs: 100 },
}
const terminating: Pick<UnderLoad, 'blow' | 'handlerMs' | 'short' | 'long'> = {
  blow: terminate,
  // So that handlers are running when the observation comes.
  handlerMs: 20,
  short: { ...usual, blows: 5 },
  long: { ...usual, blows: 200, width: 64, upMs: 1_000 },
}
/** Ten minutes of the sender's time. */
const awaySeconds = 600

/** Campaigns against the examples, each in a process of its own. */
const onExamples: readonly UnderLoad[] = [
  {
    ...killing,
    name: 'kill-sqlite',
    what: 'Express + SQLite: the receiver is killed with SIGKILL',
    example: 'express',
    inbox: 'sqlite',
  },
  {
    ...killing,
    name: 'kill-bullmq',
    what: 'Fastify + BullMQ (appendfsync always): the receiver is killed with SIGKILL',
    example: 'fastify',
    inbox: 'bullmq',
  },
  {
    ...killing,
    name: 'kill-postgres',
    what: 'Express + Postgres: the receiver is killed with SIGKILL',
    example: 'express',
    inbox: 'postgres',
  },
  {
    name: 'postgres-kills',
    what: 'Express + Postgres: Postgres is killed with SIGKILL or stopped at once, and started again',
    example: 'express',
    inbox: 'postgres',
    blow: killPostgres,
    short: { ...usual, blows: 6 },
    long: { ...usual, blows: 120, width: 64, upMs: 1_500 },
  },
  {
    name: 'effects-postgres',
    what: 'effects in the transactions of handlers: the receiver is killed, and so is Postgres',
    example: 'transactional',
    inbox: 'postgres',
    blow: killEither,
    // So that handlers are in the middle of their transactions.
    handlerMs: 20,
    short: { ...usual, blows: 8, upMs: 1_500, secondMs: 100 },
    long: { ...usual, blows: 620, width: 64, upMs: 1_200, secondMs: 100 },
  },
  {
    name: 'kill-redis',
    what: 'Fastify + BullMQ (appendfsync always): Redis is killed with SIGKILL, and started again',
    example: 'fastify',
    inbox: 'bullmq',
    blow: killRedis,
    short: { ...usual, blows: 5 },
    long: { ...usual, blows: 100, width: 64, upMs: 2_500 },
  },
  {
    ...terminating,
    name: 'sigterm-sqlite',
    what: 'Express + SQLite: the receiver is ended with SIGTERM, and started again',
    example: 'express',
    inbox: 'sqlite',
  },
  {
    ...terminating,
    name: 'sigterm-bullmq',
    what: 'Fastify + BullMQ: the receiver is ended with SIGTERM, and started again',
    example: 'fastify',
    inbox: 'bullmq',
  },
  {
    name: 'fallback',
    what: `Hono + BullMQ with a fallback file: Redis is away for ${awaySeconds / 60} minutes of the sender's time`,
    example: 'hono',
    inbox: 'fallback',
    blow: ({ secondMs }) => removeRedis(awaySeconds * secondMs),
    short: { ...usual, blows: 1, width: 4, secondMs: 10 },
    long: { ...usual, blows: 1, width: 16, secondMs: 100 },
  },
]

/** Needs strace; `pnpm test` installs it where it can. */
const failingSync: UnderLoad = {
  name: 'disk-fails',
  what: 'Express + SQLite: every fsync of the receiver fails with EIO for a while',
  example: 'express',
  inbox: 'sqlite',
  blow: failSync,
  short: { ...usual, blows: 3 },
  long: { ...usual, blows: 100 },
}

/** Needs root, who may mount. */
const fullDisk: UnderLoad = {
  name: 'disk-full',
  what: 'Express + SQLite: the disk is full for a while',
  example: 'express',
  inbox: 'sqlite',
  prepare: mountDisk,
  blow: fillDisk,
  short: { ...usual, blows: 2 },
  long: { ...usual, blows: 50 },
}

/** Needs libfaketime; `pnpm test` installs it where it can. */
const clocks = (['sqlite', 'bullmq'] as const).map(clockSetBack)

/** Those that cannot be run here, and why. */
export const leftOut: readonly { readonly name: string; readonly why: string }[] = [
  ...(canFailSync() ? [] : [{ name: failingSync.name, why: 'strace is not installed, or may not trace' }]),
  ...(canSetClock() ? [] : clocks.map(({ name }) => ({ name, why: 'libfaketime is not installed' }))),
  ...(canMount() ? [] : [{ name: fullDisk.name, why: 'only root may mount a small disk' }]),
]

/** All that can be run here. */
export const campaigns: readonly Campaign[] = [
  ...[...onExamples, failingSync, fullDisk]
    .filter(({ name }) => !leftOut.some((each) => each.name === name))
    .map(underLoad),
  ...(['sqlite', 'bullmq'] as const).flatMap((kind) => [
    fencing(kind),
    poisonKills(kind),
    poisonThroughput(kind),
    recovery(kind, 1),
    recovery(kind, 2),
    redrive(kind),
    backlog(kind),
    recoveryWithPoison(kind),
    apart(kind, 'web'),
    apart(kind, 'bare'),
    rolling(kind),
    busyThread(kind),
  ]),
  lockedOut,
  ...fileTaken,
  ...(canSetClock() ? clocks : []),
  ...(['proxy', 'demoted', 'sentinel'] as const).flatMap((kind) => [failover(kind, 0), failover(kind, 1)]),
  eventLogKills('sqlite'),
  eventLogKills('postgres'),
  postgresFailover('synchronous'),
  postgresFailover('asynchronous'),
  vacuum,
  outboxKills('sqlite'),
  outboxKills('postgres'),
  redisFull,
  replay,
  outages,
  soak('sqlite'),
  soak('memory'),
  ratio,
  schedule,
]
