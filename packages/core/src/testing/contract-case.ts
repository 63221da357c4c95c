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

/** How checks become cases. */
export interface CaseOptions<Check, Ability extends string> {
  /** By sentence; the abilities that one needs stand before a colon. */
  readonly checks: Readonly<Record<string, Check>>
  readonly abilities: readonly Ability[]
  /** Why an ability is lacking. */
  readonly lacks: { readonly [Name in Ability]?: string | undefined }
  readonly run: (check: Check) => Promise<void>
}

/** The cases of a suite, in its order. */
export function toCases<Check, Ability extends string>(
  options: CaseOptions<Check, Ability>,
): readonly ContractCase[] {
  const { checks, abilities, lacks, run } = options
  return Object.entries(checks).map(([title, check]) => {
    const { name, needs } = toNeeds(title, abilities)
    const leftOut = needs.map((ability) => lacks[ability]).find((reason) => reason !== undefined)
    return {
      name,
      needs,
      leftOut,
      async run() {
        if (leftOut !== undefined) throw new Error(`It is left out: ${leftOut}`)
        await run(check)
      },
    }
  })
}

/** A colon may also be part of the sentence. */
function toNeeds<Ability extends string>(
  title: string,
  abilities: readonly Ability[],
): { readonly name: string; readonly needs: readonly Ability[] } {
  const [before = '', ...sentence] = title.split(': ')
  const needs = abilities.filter((ability) => before.split(', ').includes(ability))
  return { name: needs.length === 0 ? title : sentence.join(': '), needs }
}
