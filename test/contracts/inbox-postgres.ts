import { type ContractCase, inboxContract } from '@acuse/core/testing'
import { postgresInbox } from '@acuse/postgres'
import { Pool } from 'pg'
import { createMachine } from '../support/machine.ts'
import { startProxy } from '../support/tcp-proxy.ts'
import { reopenable } from './reopenable.ts'

let count = 0

/** The suite on a Postgres, or a pooler before one, whose URL is known when a case runs. */
export function postgresCases(url: () => string): readonly ContractCase[] {
  // It is not about deadlines, and other tests make the disk busy.
  const options = { pollMs: 20, timeoutMs: 20_000 }
  return inboxContract(() => {
    const schema = `contract_${process.pid}_${++count}`
    const machine = createMachine()
    const ends: (() => Promise<unknown>)[] = []
    const open = async (name: string, more: object, port = Number(new URL(url()).port)) => {
      const at = new URL(url())
      at.port = String(port)
      const pool = new Pool({ connectionString: at.href, max: 5 })
      ends.push(() => pool.end())
      const inbox = postgresInbox(pool, { ...options, schema: name, ...more })
      await inbox.migrate()
      return inbox
    }
    return reopenable({
      async open() {
        const proxy = await startProxy(Number(new URL(url()).port))
        ends.unshift(() => proxy.refuse())
        const clock = machine.startProcess()
        const inbox = await open(schema, { retentionMs: 100, leaseMs: 500, clock }, proxy.port)
        return {
          inbox,
          async crash() {
            clock.stop()
            proxy.set('silent')
            return async () => {
              proxy.set('pass')
              clock.goOn()
            }
          },
        }
      },
      async bounded(maxDeliveries) {
        const inbox = await open(`${schema}_bounded`, { maxDeliveries })
        ends.unshift(() => inbox.close({ timeoutMs: 100 }))
        return inbox
      },
      async retaining() {
        const inbox = await open(`${schema}_retaining`, { retain: { bodiesForMs: 3_600_000 } })
        ends.unshift(() => inbox.close({ timeoutMs: 100 }))
        return inbox
      },
      setClock: machine.setClock,
      async remove() {
        for (const end of ends) await end()
        const pool = new Pool({ connectionString: url() })
        await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
        await pool.query(`DROP SCHEMA IF EXISTS ${schema}_bounded CASCADE`)
        await pool.query(`DROP SCHEMA IF EXISTS ${schema}_retaining CASCADE`)
        await pool.end()
      },
    })
  })
}
