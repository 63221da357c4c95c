import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, type Inbox, memoryInbox, systemClock } from '@acuse/core'
import { sqliteInbox } from '@acuse/sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { type CaseFile, caseFiles, isWanted, type SenderCase } from './case-files.ts'
import { providerOf } from './catalogue.ts'
import { type AnyOptions, type Served, serve } from './serve.ts'

const folder = mkdtempSync(join(tmpdir(), 'acuse-cases-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const inboxes: { readonly [name: string]: (file: string) => Inbox } = {
  memoryInbox: () => memoryInbox(),
  sqliteInbox: (file) => sqliteInbox(join(folder, `${file}.db`)),
}

/** The machine's clock, set to the time at which the requests are fresh. */
function clockAt(now: string): Clock {
  return { ...systemClock, now: () => Date.parse(now) }
}

async function send({ origin, receiver }: Served, { method, path, headers, body }: SenderCase) {
  const hasBody = method === 'POST'
  return fetch(origin + (path ?? receiver.path), {
    method,
    headers,
    ...(hasBody ? { body: Buffer.from(body) } : {}),
  })
}

function optionsOf(
  { setUp, now, cases }: CaseFile,
  hasNames: boolean,
  inbox: Inbox,
  seen: string[],
): AnyOptions {
  const see = ({ type }: { readonly type: string }) => seen.push(type)
  const path = cases.map((each) => each.path).find((each) => each !== undefined)
  const shared = {
    clock: clockAt(now),
    path: path?.split('?')[0] ?? '/webhooks/cases',
    on: { '*': see },
    // Where any name is an event, '*' is all of them.
    ...(hasNames ? { onUnknown: see } : {}),
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  }
  const { respond } = setUp
  if (respond === undefined) return { ...shared, inbox }
  return { ...shared, ack: 'handled', respond: { [respond]: () => ({ type: 4, text: 'recibido' }) } }
}

describe.each(['Express', 'Fastify', 'Hono'])('on %s', (framework) => {
  describe.each(Object.keys(inboxes))('with %s', (inboxName) => {
    it.each(caseFiles)('every request of $file is answered as it should be', async (file) => {
      const seen: string[] = []
      const inbox = inboxes[inboxName]?.(`${framework}-${inboxName}-${file.file}`) as Inbox
      const provider = providerOf(file)
      const options = optionsOf(file, provider.events !== undefined, inbox, seen)
      const served = await serve(framework, provider, options)
      try {
        for (const each of file.cases) {
          seen.length = 0
          const response = await send(served, each)
          const body = await response.text()
          await served.receiver.onIdle()
          const { status, events, body: wantedBody, contentType, headers = {} } = each.want
          expect([each.name, response.status]).toEqual([each.name, status])
          if (events) expect([each.name, [...seen].sort()]).toEqual([each.name, [...events].sort()])
          expect([each.name, body, isWanted(body, wantedBody)]).toEqual([each.name, body, true])
          const type = response.headers.get('content-type') ?? ''
          expect([each.name, type, isWanted(type, contentType)]).toEqual([each.name, type, true])
          for (const [name, wanted] of Object.entries(headers))
            expect([each.name, name, isWanted(response.headers.get(name) ?? '', wanted)]).toEqual([
              each.name,
              name,
              true,
            ])
        }
      } finally {
        await served.stop()
        await inbox.close()
      }
    })
  })
})
