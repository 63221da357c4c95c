// What is older than the last event is dropped.
import { handle, once, serve } from './base.ts'

let last = 0
serve({
  async accept(event, store) {
    if (event.at < last) return undefined
    last = event.at
    return once(event, store, () => handle(event, store))
  },
})
