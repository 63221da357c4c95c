// "To find out why signatures do not match."
import { serve } from './base.ts'

serve({ onRefused: (secret) => console.log(`signature does not match, key was ${secret}`) })
