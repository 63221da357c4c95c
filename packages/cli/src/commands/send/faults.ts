import { type Fault, type FaultName, faultNames, toNamedFault } from '@acuse/sender'
import { messageOf, usageError } from '../../command/cli-error.ts'
import type { Context } from '../../command/context.ts'
import { nearNames } from '../../texts/near-names.ts'
import { texts } from './texts.ts'

/**
 * Faults by their names; a number of times stands after `=`.
 * @throws CliError when there is none of that name, or it takes no number
 */
export function toFaults(context: Context, given: readonly string[]): Fault[] {
  const own = texts[context.language]
  return given.map((each) => {
    const [name = '', times] = each.split('=')
    if (!isFaultName(name)) {
      const near = nearNames(context.texts, name, faultNames)
      throw usageError(own.noFault(name), near ?? own.faults(faultNames.join(', ')))
    }
    try {
      return toNamedFault(name, times === undefined ? undefined : Number(times))
    } catch (error) {
      throw usageError(own.refused(messageOf(error)))
    }
  })
}

function isFaultName(name: string): name is FaultName {
  return faultNames.some((each) => each === name)
}
