import type { Server } from 'node:http'

const timeoutMs = 4_000
const idleCheckMs = 50

/**
 * On SIGTERM: new deliveries get 503, running handlers finish, what is being answered is answered, and the process
 * ends, all within 5 s.
 */
export function endOnSigterm(
  server: Server,
  webhooks: { close(options: { readonly timeoutMs: number }): Promise<void> },
): void {
  process.once('SIGTERM', async () => {
    const answered = new Promise((resolve) => server.close(resolve))
    // A sender that keeps its connection would go on sending over it, and never let the server close.
    setInterval(() => server.closeIdleConnections(), idleCheckMs).unref()
    setTimeout(() => server.closeAllConnections(), timeoutMs).unref()
    await webhooks.close({ timeoutMs })
    await answered
    process.exit(0)
  })
}
