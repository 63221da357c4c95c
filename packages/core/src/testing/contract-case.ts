/** One case of a conformance suite: give it to the test runner of your choice. */
export interface ContractCase {
  /** A sentence of behaviour. */
  readonly name: string
  /** The abilities that the implementation must have for it; none: every implementation behaves so. */
  readonly needs: readonly string[]
  /** Why the implementation is excused from it: report it as skipped. `undefined`: it is to be run. */
  readonly leftOut: string | undefined
  /** Rejects when the implementation does not behave so, and when it is left out. */
  run(): Promise<void>
}
