// A copy gets 200 while the first is still being handled.
import { handle, once, serve } from './base.ts'

serve({
  async accept(event, store) {
    if (store.running.has(event.id)) return undefined
    return once(event, store, () => handle(event, store, 120))
  },
})
