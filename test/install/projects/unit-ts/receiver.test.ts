import { strict as assert } from 'node:assert'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createReceiver, toNodeHandler } from '@acuse/core'
import { redcumbre } from '@acuse/providers/redcumbre'
import { createSender } from '@acuse/sender'

// jest, vitest and mocha have it as a global.
declare const it: (name: string, test: () => Promise<void>) => void

const secret = 'c0ffee01'.repeat(8)

it('receives a signed delivery, and refuses a forged one', async () => {
  const nets: number[] = []
  const receiver = createReceiver(redcumbre(secret))
  receiver.on('bhe.emitida', ({ payload }) => void nets.push(payload.montos.liquido))
  const server = createServer(toNodeHandler(receiver))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const sleep = async () => {}
  const forged = await createSender({ provider: redcumbre, secret: 'badc0de5'.repeat(8), url, sleep }).send(
    'bhe.emitida',
  )
  assert.equal(forged.status, 401)
  const signed = await createSender({ provider: redcumbre, secret, url, sleep }).send('bhe.emitida')
  assert.equal(signed.status, 200)
  await receiver.close()
  assert.deepEqual(nets, [194_062])
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})
