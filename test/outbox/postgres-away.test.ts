import { createOutbox, postgresOutbox } from '@acuse/sender/outbox'
import { Pool } from 'pg'
import { expect, it } from 'vitest'
import { answering, paid, secret, shop } from '../../packages/sender/test/support/outbox.ts'
import { startPostgres } from '../support/postgres.ts'

it('an outbox waits while Postgres is away, and goes on when it is back', async () => {
  const postgres = await startPostgres()
  const pool = new Pool({ connectionString: postgres.url })
  pool.on('error', () => {})
  const { asked, fetch } = answering(new Response(''))
  let failed = (): void => {}
  const hasFailed = new Promise<void>((resolve) => {
    failed = resolve
  })
  const silent = (): void => {}
  const outbox = createOutbox({
    provider: shop,
    secret,
    fetch,
    store: postgresOutbox(pool),
    pollMs: 10,
    logger: { debug: silent, info: silent, warn: silent, error: () => failed() },
  })
  try {
    await outbox.migrate()
    await outbox.enqueue('order.paid', paid('o-1'), { client: pool })
    await postgres.kill()
    outbox.start()
    await hasFailed
    expect(asked).toEqual([])
    await postgres.restart()
    await outbox.onIdle()
    expect(asked).toHaveLength(1)
  } finally {
    await outbox.close()
    await pool.end()
    await postgres.stop()
  }
})
