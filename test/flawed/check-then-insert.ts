// Between its look whether the event is known and the note of it, a copy gets through.
import { handle, serve } from './base.ts'

serve({
  async accept(event, store) {
    if (!store.known.has(event.id)) await handle(event, store)
    return undefined
  },
})
