// Without a fault: the doctor has nothing to say.
import { serve } from './base.ts'

serve()
