/** What a caller may give where something may come at once or later. */
export type Awaitable<T> = T | PromiseLike<T>
