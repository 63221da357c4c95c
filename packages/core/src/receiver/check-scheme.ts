import { checkKind } from '../lib/check-options.ts'
import { toHeaderName } from '../lib/header-name.ts'
import { checkPart, coveredBy } from '../lib/parts.ts'
import type { Scheme } from '../model/scheme.ts'

const required = ['check', 'verify', 'diagnose'] as const
const optional = [
  'sign',
  'signBody',
  'signQuery',
  'keyMarks',
  'prepare',
  'loadKeys',
  'fields',
  'signedBytes',
  'mac',
] as const

/**
 * Checks a scheme, which may be anybody's.
 * @throws TypeError that says what it takes
 */
export function checkScheme(scheme: Scheme): void {
  checkKind('provider.scheme', scheme, 'object')
  checkKind('provider.scheme.name', scheme.name, 'text')
  checkKind('provider.scheme.signs', scheme.signs, 'list')
  for (const part of scheme.signs) checkPart('provider.scheme.signs[]', part)
  for (const call of required) checkKind(`provider.scheme.${call}`, scheme[call], 'function')
  for (const call of optional)
    if (scheme[call] !== undefined) checkKind(`provider.scheme.${call}`, scheme[call], 'function')
  const { headers = [], signs, signedBytes } = scheme
  checkKind('provider.scheme.headers', headers, 'list')
  for (const header of headers) toHeaderName('provider.scheme.headers', header)
  if (signs.length > 0 && !coveredBy(scheme).body && signedBytes === undefined)
    throw new TypeError(
      'provider.scheme.signedBytes must be a function, because signs does not list the raw body: two requests of one signature are told by what is signed',
    )
}
