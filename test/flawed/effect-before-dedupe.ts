// It looks whether the event is known when it has run it.
import { serve } from './base.ts'

serve({
  async accept(event, store) {
    store.effect(event)
    if (store.known.has(event.id)) return 'copy'
    store.known.add(event.id)
    return undefined
  },
})
