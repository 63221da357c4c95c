/** What is said of a check. */
export interface CheckTexts {
  /** What a receiver does wrong, in a few words. */
  readonly title: string
  /** What that means for whoever runs it. */
  readonly means: string
  /** What to do. */
  readonly remedy: string
}
