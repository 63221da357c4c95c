/** So many calls, `width` at a time. */
export async function inParallel(
  count: number,
  width: number,
  call: (at: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: Math.min(width, count) }, async () => {
      while (next < count) await call(next++)
    }),
  )
}
