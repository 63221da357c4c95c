import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './processes.ts'

/** Variables that the README's reader has, and its blocks do not declare. */
const atHand = `
const secret = process.env.REDCUMBRE_WEBHOOK_SECRET as string
const newSecret = 'c0ffee00'.repeat(8)
const url = process.env.URL as string
const redisUrl = process.env.REDIS_URL as string
`

/** All TypeScript blocks of a README, in order, as one program. */
export function readmeProgram(file: string): string {
  const text = readFileSync(join(root, file), 'utf8')
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code as string)
  if (blocks.length < 4) throw new Error(`${file} has ${blocks.length} blocks of TypeScript`)
  return [atHand, ...blocks].join('\n')
}
