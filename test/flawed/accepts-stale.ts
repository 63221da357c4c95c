// It looks at the future only.
import { serve } from './base.ts'

serve({ isFresh: (ageMs) => ageMs > -300_000 })
