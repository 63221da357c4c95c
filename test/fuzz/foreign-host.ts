// A host in a process of its own, whose receivers misbehave: `foreign-host.ts SEED`. Nothing here catches what would end it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler } from '@acuse/core'
import { answerParent } from '../stress/child.ts'
import { foreignReceiver } from './foreign-parts.ts'
import { createRandom, seedOf } from './random.ts'

const seed = Number(process.argv[2])
let wrongRuns = 0

/** A receiver of its own for each request: the case is named in a header. */
function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const random = createRandom(seedOf(seed, Number(request.headers['x-case'])))
  const isForged = request.headers['x-forged'] !== undefined
  const { receiver, expected } = foreignReceiver(random, () => {
    if (isForged || expected.runs === 0) wrongRuns++
  })
  response.once('close', () => void receiver.close({ timeoutMs: 1_000 }))
  return toNodeHandler(receiver)(request, response)
}

const answers = { wrongRuns: () => wrongRuns }

/** The host's report of itself. */
export type ForeignHostAnswers = typeof answers

const server = createServer(answer)
server.listen(0, '127.0.0.1', () => {
  answerParent(answers)
  console.log(`listening on ${(server.address() as AddressInfo).port}`)
})
