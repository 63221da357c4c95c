// As `nest new` lays out a test for jest.

import { createReceiver, memoryInbox, toFetchHandler } from '@acuse/core'
import { getReceiverToken } from '@acuse/nestjs'
import { redcumbre } from '@acuse/providers/redcumbre'
import { createSender } from '@acuse/sender'
import { Test } from '@nestjs/testing'
import { AppModule, Ledger } from './main.js'

declare const it: (name: string, run: () => Promise<void>) => void
declare const expect: (value: unknown) => { toEqual(expected: unknown): void }

const secret = 'c0ffee01'.repeat(8)

it('hands a delivery to the handler', async () => {
  const receiver = createReceiver(redcumbre(secret), { inbox: memoryInbox() })
  const entered: number[] = []
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(getReceiverToken(redcumbre))
    .useValue(receiver)
    .overrideProvider(Ledger)
    .useValue({ enter: (net: number) => entered.push(net) })
    .compile()
  await module.init()
  const answer = toFetchHandler(receiver)
  const sender = createSender({
    provider: redcumbre,
    secret,
    fetch: async (url, init) => answer(new Request(url, init)),
  })
  expect((await sender.send('bhe.emitida')).status).toEqual(200)
  await receiver.onIdle()
  expect(entered).toEqual([194_062])
  await module.close()
})

it('receives over HTTP', async () => {
  const receiver = createReceiver(redcumbre(secret), { inbox: memoryInbox() })
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(getReceiverToken(redcumbre))
    .useValue(receiver)
    .compile()
  const app = module.createNestApplication()
  await app.listen(0, '127.0.0.1')
  const url = `${await app.getUrl()}/webhooks/redcumbre`
  expect((await createSender({ provider: redcumbre, secret, url }).send('bhe.emitida')).status).toEqual(200)
  await app.close()
})
