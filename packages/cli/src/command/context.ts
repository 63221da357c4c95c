import type { Readable, Writable } from 'node:stream'
import pc from 'picocolors'
import type { SharedTexts } from '../texts/en.ts'
import { texts } from '../texts/index.ts'
import { type Language, languageOf } from './language.ts'

/** The colours and weights of what is printed; each is the text itself where there are none. */
type Colors = Pick<typeof pc, 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'>

/** What the command has of the world: everything goes through it, so that tests and programs can call it. */
export interface World {
  /** Where the answer goes, and nothing else. */
  readonly stdout: Writable
  /** Where progress, warnings and errors go. */
  readonly stderr: Writable
  /** What is piped in. */
  readonly stdin: Readable
  /** Environment variables. */
  readonly env: NodeJS.ProcessEnv
  /** The folder that relative paths start from. */
  readonly cwd: string
  /** Which of the three is a terminal. */
  readonly isTerminal: {
    /** Whether questions can be asked. */
    readonly stdin: boolean
    /** Whether the answer may have colours. */
    readonly stdout: boolean
    /** Whether progress is shown. */
    readonly stderr: boolean
  }
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal
}

/** What a command is run with. */
export interface Context extends World {
  /** The language to speak. */
  readonly language: Language
  /** Whether the answer is JSON. */
  readonly json: boolean
  /** The texts that all commands share, in the language. */
  readonly texts: SharedTexts
  /** Colours for stdout. */
  readonly colors: Colors
}

/** The context of a call with these arguments. */
export function toContext(world: World, args: readonly string[]): Context {
  const language = languageOf(args, world.env)
  return {
    ...world,
    language,
    json: asksForJson(args),
    texts: texts[language],
    colors: pc.createColors(hasColors(world.env, world.isTerminal.stdout)),
  }
}

function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return (end === -1 ? args : args.slice(0, end)).includes('--json')
}

/** Colours are for terminals; NO_COLOR forbids them anywhere, FORCE_COLOR asks for them anywhere. */
function hasColors(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (env['NO_COLOR']) return false
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0'
  return isTerminal && env['TERM'] !== 'dumb'
}
