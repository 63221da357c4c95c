import type { HandledTypes } from './inbox.ts'

/** Whether a type is handled here. */
export function isHandled(handles: HandledTypes, type: string): boolean {
  return 'only' in handles ? handles.only.includes(type) : !handles.except.includes(type)
}
