import type { Inbox } from '@acuse/core'
import type { InboxSubject } from '@acuse/core/testing'

/** One of several instances on a storage. */
interface Instance {
  readonly inbox: Inbox
  /** From now on it is as if its process stood still; the function lets it go on. */
  crash(): Promise<() => Promise<void>>
}

/** A storage that outlives its instances. */
export interface Storage {
  open(): Promise<Instance>
  bounded(maxDeliveries: number): Inbox | Promise<Inbox>
  /** One that keeps the bodies of what is handled; absent: it keeps none. */
  retaining?(): Inbox | Promise<Inbox>
  setClock(byMs: number): void
  /** When all instances are closed. */
  remove(): void | Promise<void>
}

/** A subject of instances on one storage; all of them are closed in the end. */
export async function reopenable(storage: Storage): Promise<InboxSubject> {
  const instances = new Map<Inbox, Instance>()
  const crashed = new Set<() => Promise<void>>()
  async function reopen(): Promise<Inbox> {
    const instance = await storage.open()
    instances.set(instance.inbox, instance)
    return instance.inbox
  }
  return {
    inbox: await reopen(),
    reopen,
    bounded: storage.bounded,
    async crash(inbox) {
      const goOn = await instances.get(inbox)?.crash()
      if (!goOn) throw new Error('It is no instance of this storage')
      crashed.add(goOn)
      return async () => {
        if (crashed.delete(goOn)) await goOn()
      }
    },
    ...(storage.retaining && { retaining: storage.retaining }),
    setClock: storage.setClock,
    async dispose() {
      // One that stands still cannot close.
      for (const goOn of crashed) await goOn()
      for (const inbox of instances.keys()) await inbox.close({ timeoutMs: 100 })
      await storage.remove()
    },
  }
}
