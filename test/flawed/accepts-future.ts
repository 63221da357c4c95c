// It looks at the past only.
import { serve } from './base.ts'

serve({ isFresh: (ageMs) => ageMs < 86_400_000 })
