import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { path, secret } from '../adapters/hosts.ts'
import { freshBody, sign } from '../adapters/raw-client.ts'
import { writePage } from '../support/page-files.ts'

/** Writes the files of a page of docs/frameworks, and imports one of them as a reader would start it. */
export async function importRecipe<Module>(
  page: string,
  name: string,
  { folder = page, mend = (code) => code }: { folder?: string; mend?: (code: string) => string } = {},
): Promise<Module> {
  vi.stubEnv('REDCUMBRE_WEBHOOK_SECRET', secret)
  vi.stubEnv('STRIPE_WEBHOOK_SECRET', 'whsec_of-a-length-that-is-enough')
  vi.stubEnv('PORT', '0')
  const database = join(mkdtempSync(join(tmpdir(), 'acuse-recipe-')), 'webhooks.db')
  const written = writePage(`frameworks/${page}`, `frameworks-${folder}`, (code) =>
    mend(code).replaceAll("'webhooks.db'", JSON.stringify(database)),
  )
  return (await import(join(written, `${name}.ts`))) as Module
}

/** What all recipes export, under one name or another. */
export interface Handlers {
  on(
    pattern: 'bhe.emitida',
    handler: (event: { readonly payload: { readonly bheId: string } }) => void,
    options: { readonly name: string },
  ): void
  close(): Promise<void>
}

/** The ids of documents that a handler of the recipe's receiver has seen. */
export function watch(receiver: Handlers): string[] {
  const seen: string[] = []
  receiver.on('bhe.emitida', ({ payload }) => void seen.push(payload.bheId), { name: 'watch' })
  return seen
}

/** A POST to the webhook's path. */
export interface Posted {
  readonly body: Buffer
  readonly signature: string
  readonly path: string
}

/** Sends one delivery to whatever a recipe is: a server or a function. Its status. */
export type Deliver = (posted: Posted) => Promise<number>

/** The id of the document in a body. */
export const idOf = (body: Buffer): string => (JSON.parse(body.toString()) as { bheId: string }).bheId

/** Every recipe, whatever its framework, does this with what a sender and a forger send. */
export const cases: Readonly<Record<string, (deliver: Deliver, seen: string[]) => Promise<void>>> = {
  async 'takes a signed delivery, and its handler runs'(deliver, seen) {
    const body = freshBody({ correlationId: '🧾 señal' })
    expect(await deliver({ body, signature: sign(body), path })).toBe(200)
    await vi.waitFor(() => expect(seen).toContain(idOf(body)))
  },
  async 'answers a copy with 200, and its handler runs once'(deliver, seen) {
    const [body, next] = [freshBody(), freshBody()]
    for (const each of [body, body, next]) {
      expect(await deliver({ body: each, signature: sign(each), path })).toBe(200)
      await vi.waitFor(() => expect(seen).toContain(idOf(each)))
    }
    expect(seen.filter((id) => id === idOf(body))).toHaveLength(1)
  },
  async 'refuses a forged delivery'(deliver, seen) {
    const body = freshBody()
    expect(await deliver({ body, signature: sign(freshBody()), path })).toBe(401)
    expect(seen).not.toContain(idOf(body))
  },
  async 'refuses a body that is larger than 1 MiB'(deliver) {
    const body = freshBody({ filler: 'x'.repeat(2 ** 20) })
    expect(await deliver({ body, signature: sign(body), path })).toBe(413)
  },
  async 'verifies a body that is no text over its bytes: 400 where it is signed, 401 where it is forged'(
    deliver,
  ) {
    const body = Buffer.concat([freshBody(), Buffer.from([0xff, 0xfe, 0x00, 0x80])])
    expect(await deliver({ body, signature: sign(body), path })).toBe(400)
    expect(await deliver({ body, signature: '0'.repeat(64), path })).toBe(401)
  },
}
