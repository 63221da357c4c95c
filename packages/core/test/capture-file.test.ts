import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { RefusedRequest } from '../src/capture-file.ts'
import { captureFile } from '../src/capture-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'acuse-capture-'))
afterAll(() => rmSync(folder, { recursive: true }))

const request: RefusedRequest = {
  at: '2025-12-10T15:30:00.000Z',
  endpoint: 'acme',
  provider: 'acme',
  code: 'signature-mismatch',
  status: 401,
  method: 'POST',
  url: '/webhooks/acme',
  headers: [['x-acme-signature', 'aa']],
  redacted: [],
}

describe('captureFile', () => {
  it('replaces the file as a whole, one request a line, readable by its owner only', async () => {
    const path = join(folder, 'refused.ndjson')
    const keep = captureFile(path)
    await keep([request, { ...request, body: Buffer.from([0xff, 0x00]), bodyBytes: 2 }])
    const lines = () =>
      readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line))
    expect(lines()).toEqual([request, { ...request, bodyBytes: 2, bodyBase64: '/wA=' }])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await keep([request])
    expect(lines()).toEqual([request])
    expect(readdirSync(folder)).toEqual(['refused.ndjson'])
  })

  it('rejects where it cannot write, and throws where the path is none', async () => {
    await expect(captureFile(join(folder, 'nowhere', 'x'))([request])).rejects.toThrow('ENOENT')
    expect(() => captureFile('')).toThrow(/captureFile needs the path/)
    expect(() => captureFile(undefined as unknown as string)).toThrow(TypeError)
  })
})
