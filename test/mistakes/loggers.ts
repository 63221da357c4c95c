import type { Logger } from '@acuse/core'
import fastify from 'fastify'
import { pino } from 'pino'
import { createLogger, transports } from 'winston'

/** Real loggers that write to stdout or stderr, as a program makes them on its first day. */
export const loggers: Readonly<Record<string, () => Logger>> = {
  pino: () => pino(),
  Fastify: () => fastify({ logger: true }).log,
  winston: () => createLogger({ transports: [new transports.Console()] }),
  console: () => console,
}
