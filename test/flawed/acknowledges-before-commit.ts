// It answers 200, and writes the event down afterwards.
import { handle, once, serve } from './base.ts'

serve({
  async accept(event, store) {
    void once(event, store, () => handle(event, store, 300))
    return undefined
  },
})
