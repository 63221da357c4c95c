/**
 * For inboxes: the same promise, and the process does not end before it is settled. Timers of the clock keep no process
 * alive; a promise that somebody awaits must.
 */
export async function keepAlive<T>(promise: Promise<T>): Promise<T> {
  // Anything serves: it is not called before the promise is settled, or does nothing.
  const timer = setInterval(Boolean, 60_000)
  try {
    return await promise
  } finally {
    clearInterval(timer)
  }
}
