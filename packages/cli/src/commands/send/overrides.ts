import { usageError } from '../../command/cli-error.ts'
import type { Context } from '../../command/context.ts'
import { texts } from './texts.ts'

/** A payload of the user's own making. */
export type Overrides = { [name: string]: unknown }

/**
 * The values of `--set a.b=c` as an object to lay over a sample: JSON where a value is JSON, else text.
 * @throws CliError when one is not written so
 */
export function toOverrides({ language }: Pick<Context, 'language'>, given: readonly string[]): Overrides {
  const overrides: Overrides = {}
  for (const each of given) {
    const at = each.indexOf('=')
    const path = each.slice(0, Math.max(0, at)).split('.')
    if (path.some((name) => name === '' || name === '__proto__'))
      throw usageError(texts[language].setGrammar(each))
    put(overrides, path, toValue(each.slice(at + 1)))
  }
  return overrides
}

function put(into: Overrides, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    into[name] = value
    return
  }
  const there = Object.hasOwn(into, name) ? into[name] : undefined
  const below: Overrides = isObject(there) ? there : {}
  into[name] = below
  put(below, rest, value)
}

function isObject(value: unknown): value is Overrides {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function toValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
