// The effect is there, and the note of it, in another file, comes later: a crash between them makes the retry another run.
import { setTimeout as sleep } from 'node:timers/promises'
import { once, serve } from './base.ts'

serve({
  notes: 'apart',
  accept: (event, store) =>
    once(event, store, async () => {
      store.effect(event)
      await sleep(200)
      store.note(event)
    }),
})
