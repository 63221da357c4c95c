/** Who installs a project. */
export type Manager = 'npm' | 'pnpm' | 'npm workspace' | 'yarn-pnp' | 'bun' | 'deno'

/** Which Node its commands run on: the one that runs this, or one from the registry. */
export type NodeName = 'own' | 'node22' | 'node24'

/** A compiler's options, as they stand in the project's tsconfig.json. */
export interface Compiler {
  readonly module: string
  readonly moduleResolution: string
  readonly [option: string]: unknown
}

/** One fresh project: what it is made of, and what it has to show. */
export interface Project {
  /** Its name on the command line, and of its folder. */
  readonly name: string
  /** What a reader of the table looks for. */
  readonly what: string
  /** The same in Spanish, where it differs. */
  readonly es?: string
  /** Which folder of projects/ has its sources. */
  readonly sources: string
  /** In the third that runs in CI. */
  readonly short?: true
  /** Default: npm. */
  readonly manager?: Manager
  readonly node?: NodeName
  /** The field `type` of its package.json. Default: none, as `npm init` and Next write it. */
  readonly type?: 'module'
  /** Which packages of ours it depends on, without their scope. */
  readonly acuse: readonly string[]
  /** What else it depends on, at exact versions. */
  readonly packages?: Readonly<Record<string, string>>
  /** More of its package.json. */
  readonly manifest?: Readonly<Record<string, unknown>>
  /** Its tsconfig.json; the first command of `build` runs it. */
  readonly compiler?: Compiler
  /** More files. */
  readonly files?: Readonly<Record<string, string>>
  /** Type-checks and bundles, without a secret in the environment. */
  readonly build?: readonly (readonly string[])[]
  /** The bundle that is taken to a folder without node_modules, and started there. */
  readonly alone?: string
  /** Its server. It prints `listening on <url>`, and `handled <net amount>` for the one event that it is sent. */
  readonly start?: readonly string[]
  /** What its server prints besides. */
  readonly prints?: readonly RegExp[]
  /** When all is closed it may end by the signal that it was sent, as Nest and Next do, or with exit code 0. */
  readonly endsBySignal?: boolean
  /** Its own tests instead of a server: they receive the delivery, and the forged one. */
  readonly test?: readonly string[]
}

/** What its handler prints when it was told the net amount of the sample event. */
export const handledLine: RegExp = /^handled 194062$/m
