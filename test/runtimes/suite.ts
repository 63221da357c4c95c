// Behaviour that must be the same on every runtime. It uses no test framework and no API of Node: only the library itself may.
import { bodyCases, directBodyCases } from './body-cases.ts'
import { describeError, type Result, within } from './expect.ts'
import { honoCases } from './hono-cases.ts'
import { schemeCases } from './scheme-cases.ts'
import { type Case, sharedCases } from './shared-cases.ts'
import { directly, type Send, subjectsBy } from './subjects.ts'

const caseMs = 5_000

/**
 * Runs every case directly, and again through the runtime's own server.
 * @param serve sends a request to a handler through the runtime's own server
 */
export async function runSuite(serve: Send): Promise<Result[]> {
  return [...(await runAll('called', directly, directBodyCases)), ...(await runAll('served', serve, []))]
}

async function runAll(how: string, send: Send, more: readonly Case[]): Promise<Result[]> {
  const { hono, fetchHandler } = subjectsBy(send)
  const results: Result[] = []
  for (const subject of [hono, fetchHandler]) {
    for (const each of [...sharedCases, ...bodyCases, ...schemeCases, ...more]) {
      results.push(await runCase(`${subject.name}, ${how}`, each, subject))
    }
  }
  for (const each of honoCases) results.push(await runCase(`${hono.name}, ${how}`, each, send))
  return results
}

async function runCase<About>(prefix: string, { says, run }: Case<About>, about: About): Promise<Result> {
  const name = `${prefix}: ${says}`
  try {
    await within(caseMs, run(about))
    return { name }
  } catch (error) {
    return { name, error: describeError(error) }
  }
}
