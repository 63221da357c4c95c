import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { InboxProblem } from '@acuse/core/inbox-kit'

/** Whether the disk of the file has room: a full one refuses every delivery, and cannot note that one was handled. */
export async function diskProblems(file: string, minFreeBytes: number): Promise<readonly InboxProblem[]> {
  if (minFreeBytes === 0) return []
  const folder = dirname(file)
  const { bavail, bsize } = await statfs(folder)
  const freeBytes = bavail * bsize
  if (freeBytes >= minFreeBytes) return []
  const message = `${freeBytes} bytes are free on the disk of ${folder}, less than ${minFreeBytes}: make room, or lower minFreeBytes`
  return [{ code: 'disk-nearly-full', stopsReady: true, message, freeBytes }]
}
