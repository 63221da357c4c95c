import type { Registration } from '../handlers/registration.ts'
import type { Inbox } from '../inbox/inbox.ts'
import type { Awaitable } from '../model/awaitable.ts'
import type { Outcome } from '../model/outcome.ts'
import type { Provider } from '../model/provider.ts'
import type { IncomingRequest, WebhookRequest } from '../model/request.ts'

/** Requests in, outcomes out; and, behind the inbox, events to handlers. */
export interface Receiver<Events extends object> extends Registration<Events> {
  /** Whose webhooks it receives. */
  readonly provider: Provider<Events>
  /** The path that adapters answer. */
  readonly path: string
  /** Where deliveries are kept; `undefined` with `ack: 'handled'`, which keeps none. */
  readonly inbox: Inbox | undefined
  /** Whether a path is the receiver's, with or without a trailing slash; case matters, and `%72` is an `r`. */
  answers(path: string): boolean
  /** The whole way of a request to its answer, its body not yet read. Never rejects, whatever the program's own code does. */
  handle(request: IncomingRequest): Promise<Outcome>
  /**
   * The same from authenticity on, for bytes in hand. Answers with a value when the inbox does. Never
   * throws or rejects.
   */
  receive(request: WebhookRequest): Awaitable<Outcome>
  /**
   * Begins to hand out what waits in the inbox. The first request does that, too: call it where a server starts to
   * listen, so that what an earlier process left behind does not wait for a request, and in a process that only works.
   * Registering handlers starts nothing, so that a build that imports the module consumes nothing.
   * @throws TypeError with `work: false`
   */
  work(): void
  /**
   * Resolves when nothing that was accepted is left to handle, retries included. For runtimes that end with the
   * answer unless they are told to wait.
   */
  onIdle(): Promise<void>
  /**
   * Refuses new deliveries (503), lets handlers finish, and closes the inbox.
   * @param options.timeoutMs the longest wait for handlers, in milliseconds; default the option `closeTimeoutMs`
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>
}
