// Result codes of SQLite.
const busy = 5
const locked = 6
const noMemory = 7
const corrupt = 11
const full = 13
const cannotOpen = 14
const notADatabase = 26
// Faults in the values of one statement, which say nothing about the file: too big, constraint, mismatch,
// misuse, range.
const ofValues = [18, 19, 20, 21, 25]

/** Whether somebody else has the file's lock for the moment. */
export function isBusy(error: unknown): boolean {
  return isOneOf(error, [busy, locked])
}

/** Whether what the file holds is damaged. */
export function isDamaged(error: unknown): boolean {
  return isOneOf(error, [corrupt, notADatabase])
}

/** Whether the process lacked memory or descriptors to look at the file: that says nothing of what it holds. */
export function isLackOfMeans(error: unknown): boolean {
  return isOneOf(error, [noMemory, cannotOpen])
}

/** Whether there was no room on the disk: nothing was written, and the file is as it was. */
export function isDiskFull(error: unknown): boolean {
  return isOneOf(error, [full])
}

/** Whether SQLite could not do it, whatever the values: neither code of ours nor the values of one piece of work. */
export function isFileError(error: unknown): boolean {
  const code = sqliteCode(error)
  return code !== undefined && !ofValues.includes(code & 0xff)
}

function isOneOf(error: unknown, codes: readonly number[]): boolean {
  const code = sqliteCode(error)
  return code !== undefined && codes.includes(code & 0xff)
}

/** Reading a property of what was thrown may throw in turn. */
function sqliteCode(error: unknown): number | undefined {
  try {
    const { errcode, rawCode } = (error ?? {}) as { readonly errcode?: unknown; readonly rawCode?: unknown }
    const code = errcode ?? rawCode
    return typeof code === 'number' ? code : undefined
  } catch {
    return undefined
  }
}
