import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bullmqInbox } from '@acuse/bullmq'
import { createReceiver, fallbackInbox, type Inbox, memoryInbox } from '@acuse/core'
import { type Health, type HealthOptions, type HealthReport, health } from '@acuse/core/operate'
import { redcumbre } from '@acuse/providers/redcumbre'
import { sqliteInbox } from '@acuse/sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { canMount, mountDisk } from '../durability/disk.ts'
import { secret } from '../processes/fleet.ts'
import { startRedis } from '../support/redis.ts'

/** A worker on an inbox, and its health. */
function watch(inbox: Inbox, options: HealthOptions = {}): Health {
  const receiver = createReceiver(redcumbre(secret), { inbox })
  onTestFinished(() => receiver.close({ timeoutMs: 0 }))
  receiver.on('*', () => {})
  receiver.work()
  return health(receiver, options)
}

/** Probes as an orchestrator does, until the report is as it must be. */
async function reports(probes: Health, isIt: (report: HealthReport) => boolean): Promise<HealthReport> {
  for (;;) {
    const report = await probes.check()
    if (isIt(report)) return report
    await sleep(50)
  }
}

const codes = ({ reasons }: HealthReport) => reasons.map(({ code }) => code)
const isReady = ({ ready }: HealthReport) => ready

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'acuse-health-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

describe('the health of an inbox on Redis', () => {
  it('is not ready while Redis is dead or stands still, live all the while, and ready when it is back', async () => {
    const redis = await startRedis()
    onTestFinished(() => redis.stop())
    const probes = watch(bullmqInbox({ connection: redis.url, onError: () => {} }))
    await reports(probes, isReady)
    redis.pause()
    const still = await reports(probes, ({ ready }) => !ready)
    expect(still.live).toBe(true)
    expect(codes(still)[0]).toMatch(/^inbox-(timeout|unreachable)$/)
    redis.resume()
    await reports(probes, isReady)
    await redis.kill()
    const dead = await reports(probes, ({ ready }) => !ready)
    expect(dead.live).toBe(true)
    expect(codes(dead)[0]).toMatch(/^inbox-(timeout|unreachable)$/)
    await redis.restart()
    expect(await reports(probes, isReady)).toEqual({ live: true, ready: true, reasons: [] })
  })

  it('is ready with a warning while a fallback stands in for it', async () => {
    const redis = await startRedis()
    onTestFinished(() => redis.stop())
    const primary = bullmqInbox({ connection: redis.url, onError: () => {} })
    const probes = watch(fallbackInbox(primary, memoryInbox()))
    await reports(probes, isReady)
    await redis.kill()
    const report = await reports(probes, ({ reasons }) => reasons.length > 0)
    expect(report).toMatchObject({ live: true, ready: true, reasons: [{ code: 'primary-unreachable' }] })
  })
})

describe('the health of an inbox in a file', () => {
  it('is ready with room on its disk, and not below the bound', async () => {
    const inbox = sqliteInbox(join(folder(), 'inbox.db'))
    expect(await watch(inbox, { minFreeBytes: 1 }).check()).toMatchObject({ ready: true })
    const bounded = sqliteInbox(join(folder(), 'inbox.db'))
    const report = await watch(bounded, { minFreeBytes: 2 ** 50 }).check()
    expect(report).toMatchObject({ live: true, ready: false, reasons: [{ code: 'disk-nearly-full' }] })
    expect(report.reasons[0]?.freeBytes).toBeLessThan(2 ** 50)
  })

  // A disk of its own, which can be filled, is mounted: only root may do that, and not in every container.
  it.skipIf(!canMount())(
    'is not ready while its disk is full, and ready when there is room again',
    async () => {
      const disk = join(folder(), 'disk')
      mkdirSync(disk)
      const unmount = mountDisk(disk)
      onTestFinished(unmount)
      const probes = watch(sqliteInbox(join(disk, 'inbox.db')), { minFreeBytes: 16 * 2 ** 20 })
      expect(await probes.check()).toMatchObject({ ready: true })
      const filler = join(disk, 'filler')
      writeFileSync(filler, Buffer.alloc(50 * 2 ** 20))
      const full = await reports(probes, ({ ready }) => !ready)
      expect(full).toMatchObject({ live: true, reasons: [{ code: 'disk-nearly-full', bound: 16 * 2 ** 20 }] })
      rmSync(filler)
      await reports(probes, isReady)
    },
  )
})
