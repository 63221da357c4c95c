import type { HeaderFinding } from '../model/finding.ts'

/** Why a header is refused: `code` tells it from the parsed header. */
export interface HeaderFault {
  readonly code: HeaderFinding['kind']
  /** Its name, in lower case. */
  readonly header: string
}

/** A fault as something that was found. */
export function toFinding({ code, header }: HeaderFault): HeaderFinding {
  return { kind: code, header }
}
