import 'reflect-metadata'
import { redcumbre } from '@acuse/providers/redcumbre'
import { createSender } from '@acuse/sender'
import { Test } from '@nestjs/testing'
import { AppModule } from './app.module'
import { Ledger } from './ledger.service'

const secret = process.env.REDCUMBRE_WEBHOOK_SECRET as string

describe('the application', () => {
  it('receives a signed delivery, and refuses a forged one', async () => {
    const module = await Test.createTestingModule({ imports: [AppModule] }).compile()
    const app = module.createNestApplication()
    const record = jest.spyOn(app.get(Ledger), 'record')
    await app.listen(0, '127.0.0.1')
    const url = `${await app.getUrl()}/webhooks/redcumbre`
    const sleep = async () => {}
    const stranger = createSender({ provider: redcumbre, secret: 'badc0de5'.repeat(8), url, sleep })
    expect((await stranger.send('bhe.emitida')).status).toBe(401)
    const sender = createSender({ provider: redcumbre, secret, url, sleep })
    expect((await sender.send('bhe.emitida')).status).toBe(200)
    await app.close()
    expect(record.mock.calls).toEqual([[194_062]])
  })
})
