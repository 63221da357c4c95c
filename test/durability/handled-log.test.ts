import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { logHandled } from 'example-shared'
import { expect, it } from 'vitest'
import { HandledLog } from './handled-log.ts'

it('a line that a kill tore counts for nothing, and the next one counts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'acuse-handled-'))
  const log = new HandledLog(join(folder, 'handled'))
  const event = (bheId: string) => ({ id: 'i', type: 'bhe.emitida', attempt: 1, payload: { bheId } })
  logHandled(log.path, event('bhe-1'))
  log.read()
  appendFileSync(
    log.path,
    '\n{"id":"i","type":"bhe.emitida","attempt":1,"payload":{"bheId":"bhe-2","montos":{}',
  )
  logHandled(log.path, event('bhe-3'))
  logHandled(log.path, event('bhe-3'))
  log.read()
  rmSync(folder, { recursive: true })
  expect(log.torn).toBe(1)
  expect([...log.runs]).toEqual([
    ['bhe-1', 1],
    ['bhe-3', 2],
  ])
})
