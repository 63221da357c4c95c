import { inspect } from 'node:util'
import type { Logger } from '@acuse/core'
import { Logger as NestLogger } from '@nestjs/common'

const writer = new NestLogger('Acuse')

/** The receiver's log through Nest's: one line each, so that `app.useLogger` and the levels of Nest hold for it. */
export function nestLogger(): Logger {
  return {
    debug: (details, message) => writer.debug(toLine(details, message)),
    info: (details, message) => writer.log(toLine(details, message)),
    warn: (details, message) => writer.warn(toLine(details, message)),
    error: (details, message) => writer.error(toLine(details, message), stackOf(details)),
  }
}

function toLine(details: object, message: string): string {
  const { err, ...others } = details as { readonly err?: unknown }
  const reason: unknown = typeof err === 'object' && err !== null ? Reflect.get(err, 'message') : err
  // The receiver's own lines say it in words.
  const isSaid = reason === undefined || message.includes(String(reason))
  const shown = isSaid ? others : { ...others, err: reason }
  const text = inspect(shown, { breakLength: Number.POSITIVE_INFINITY, compact: true, depth: 3 })
  return Object.keys(shown).length > 0 ? `${message} ${text}` : message
}

function stackOf({ err }: { readonly err?: unknown }): string | undefined {
  const stack: unknown = typeof err === 'object' && err !== null ? Reflect.get(err, 'stack') : undefined
  return typeof stack === 'string' ? stack : undefined
}
