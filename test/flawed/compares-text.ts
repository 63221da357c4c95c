// It compares texts, and only as far as the shorter one goes.
import { macOf, serve } from './base.ts'

serve({
  isAuthentic(body, signature, secret) {
    const expected = macOf(body, secret)
    return [...signature].every((character, at) => character === expected[at]) && signature !== ''
  },
})
