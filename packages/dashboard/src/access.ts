import { timedOut, withDeadline } from '@acuse/core/inbox-kit'
import type { Access, DashboardOptions } from './options.ts'

/** What the program's own function says of a request: an answer in its stead, who it is, or `undefined`: may not look. */
export async function admit(
  { authorize }: Pick<DashboardOptions, 'authorize'>,
  request: Request,
  native: unknown,
  {
    timeoutMs,
    clock,
  }: { readonly timeoutMs: number; readonly clock: NonNullable<DashboardOptions['clock']> },
): Promise<Response | Required<Access> | undefined> {
  try {
    const asked = new Promise<boolean | Access | Response>((resolve) => resolve(authorize(request, native)))
    const said: unknown = await withDeadline(asked, timeoutMs, clock)
    if (said === timedOut || said === false) return undefined
    if (said === true) return { user: '', mayWrite: true }
    if (said instanceof Response) return said
    return toAccess(said)
  } catch {
    return undefined
  }
}

/** Anything but what is documented refuses: a forgotten `return` lets nobody in. */
function toAccess(said: unknown): Required<Access> | undefined {
  if (typeof said !== 'object' || said === null) return undefined
  const { user, mayWrite }: { readonly user?: unknown; readonly mayWrite?: unknown } = said
  return typeof user === 'string' ? { user, mayWrite: mayWrite === true } : undefined
}
