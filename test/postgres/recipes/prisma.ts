import { PrismaPg } from '@prisma/adapter-pg'
import { Pool, type PoolClient } from 'pg'

let savepoints = 0

/** What `new PrismaClient({ adapter })` takes to run on one client; its own transactions become savepoints. */
export function adapterOn(client: PoolClient): Pick<PrismaPg, 'provider' | 'adapterName' | 'connect'> {
  // PrismaPg takes nothing but a pool; this one opens no connection.
  const pool = Object.assign(new Pool(), { query: client.query.bind(client) })
  const prismaPg = new PrismaPg(pool)
  const { provider, adapterName } = prismaPg
  return {
    provider,
    adapterName,
    async connect() {
      const adapter = await prismaPg.connect()
      adapter.startTransaction = async () => {
        const name = `prisma_${++savepoints}`
        await client.query(`SAVEPOINT ${name}`)
        return {
          provider,
          adapterName,
          // Or Prisma sends COMMIT by itself.
          options: { usePhantomQuery: true },
          queryRaw: (query) => adapter.queryRaw(query),
          executeRaw: (query) => adapter.executeRaw(query),
          commit: async () => void (await client.query(`RELEASE SAVEPOINT ${name}`)),
          rollback: async () => void (await client.query(`ROLLBACK TO SAVEPOINT ${name}`)),
        }
      }
      return adapter
    },
  }
}
