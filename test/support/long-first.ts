import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that wait for processes, leases and servers for half a minute, by the beginnings of their names. */
const long = [
  'test/wrong/',
  'test/contracts/inbox-bullmq',
  'test/outages/',
  'test/processes/',
  'test/providers/kit',
  'test/threats/after-answer',
  'test/threats/mutations',
  'test/threats/signatures',
  'test/readme',
  'packages/bullmq/test/failover',
  'packages/redis/test/redis-dedupe',
]

/**
 * The longest begin first, where no run before has told how long each takes, as on a clean machine: a long one that begins last
 * is waited for by all.
 */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.sort((one, other) => rank(one) - rank(other))
  }
}

/** Groups keep their order. */
function rank({ project, moduleId }: TestSpecification): number {
  const name = relative(project.vitest.config.root, moduleId)
  const isLong = long.some((beginning) => name.startsWith(beginning))
  return project.config.sequence.groupOrder * 2 + (isLong ? 0 : 1)
}
