import { equal } from './expect.ts'
import {
  delivery,
  post,
  signatureHeader,
  signatureOf,
  signedPost,
  silentStream,
  streamOf,
} from './requests.ts'
import type { Case } from './shared-cases.ts'

const someSignature = { [signatureHeader]: '0'.repeat(64) }
const tooLarge = [413, '{"error":"content_too_large"}', ['body-too-large']]

/** How bodies are read. */
export const bodyCases: readonly Case[] = [
  {
    says: 'a body in many chunks is read byte for byte',
    async run(subject) {
      const host = subject.redcumbre()
      const body = delivery('chunks')
      const chunks = Array.from(body, (_, at) => body.subarray(at, at + 1))
      const call = post(streamOf(chunks), { [signatureHeader]: await signatureOf(body) })
      equal([(await host.answer(call)).status, host.codes], [200, []])
      await host.close()
    },
  },
  {
    says: 'a stream of more than maxBodyBytes is 413',
    async run(subject) {
      const host = subject.redcumbre({ maxBodyBytes: 1_000 })
      const chunks = Array.from({ length: 11 }, () => new Uint8Array(100))
      const response = await host.answer(post(streamOf(chunks), someSignature))
      equal([response.status, await response.text(), host.codes], tooLarge)
      await host.close()
    },
  },
  {
    says: 'bytes of more than maxBodyBytes are 413',
    async run(subject) {
      const host = subject.redcumbre({ maxBodyBytes: 1_000 })
      const response = await host.answer(post(new Uint8Array(1_001), someSignature))
      equal([response.status, await response.text(), host.codes], tooLarge)
      await host.close()
    },
  },
  {
    says: 'a stream that never ends is 408 after bodyTimeoutMs',
    async run(subject) {
      const host = subject.redcumbre({ bodyTimeoutMs: 100 })
      const response = await host.answer(post(silentStream(), someSignature))
      const answer = [408, '{"error":"request_timeout"}', ['body-timeout']]
      equal([response.status, await response.text(), host.codes], answer)
      await host.close()
    },
  },
  {
    says: 'a body that was read before is 500',
    async run(subject) {
      const host = subject.redcumbre()
      const response = await host.answerRead(await signedPost(delivery('read')))
      const answer = [500, '{"error":"misconfigured"}', ['body-consumed']]
      equal([response.status, await response.text(), host.codes], answer)
      await host.close()
    },
  },
]

/** Cases that only show where nothing buffers between the stream and the handler. */
export const directBodyCases: readonly Case[] = [
  {
    says: 'of a stream that is too large, no more is pulled than shows it, and it is cancelled',
    async run(subject) {
      const host = subject.redcumbre({ maxBodyBytes: 1_000 })
      let pulled = 0
      const cancelled = new Promise<void>((resolve) => {
        const endless = new ReadableStream<Uint8Array>({
          pull(controller) {
            pulled++
            controller.enqueue(new Uint8Array(600))
          },
          cancel: () => resolve(),
        })
        void host.answer(post(endless, someSignature)).then(async (response) => {
          equal([response.status, await response.text(), host.codes], tooLarge)
        })
      })
      await cancelled
      if (pulled > 4) throw new Error(`${pulled} chunks were pulled`)
      await host.close()
    },
  },
]
