// It runs whatever comes.
import { handle, serve } from './base.ts'

serve({
  async accept(event, store) {
    await handle(event, store)
    return undefined
  },
})
