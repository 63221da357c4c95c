/** One case of a conformance suite: give it to the test runner of your choice. */
export interface ContractCase {
  /** A sentence of behaviour. */
  readonly name: string
  /** Rejects when the implementation does not behave so. */
  run(): Promise<void>
}
