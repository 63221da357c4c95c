import { describeError } from '../../lib/describe-error.ts'
import { describe } from '../../lib/options.ts'
import type { Delivery } from '../../model/delivery.ts'
import { fromDeliveryDocument } from './delivery-lines.ts'

/** Text or UTF-8 bytes, cut anywhere. */
export type Chunks = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>

/**
 * The deliveries of the lines of an export; empty lines are left out, and counted.
 * @throws TypeError when it is no source; Error that names the line that is no delivery; what the source throws
 */
export async function* deliveriesOf(source: Chunks): AsyncGenerator<Delivery> {
  checkSource(source)
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let number = 1
  let rest: string[] = []
  for await (const chunk of source) {
    const text = orBadLine(number, () => toText(chunk, decoder))
    for (const [at, part] of text.split('\n').entries()) {
      if (at > 0) {
        yield* deliveryOf(rest.join(''), number++)
        rest = []
      }
      rest.push(part)
    }
  }
  rest.push(orBadLine(number, () => decoder.decode()))
  yield* deliveryOf(rest.join(''), number)
}

/** A text is a list of its characters, and a path would be taken for one. */
function checkSource(source: unknown): void {
  const isList = typeof source === 'object' && source !== null
  if (!isList || !(Symbol.asyncIterator in source || Symbol.iterator in source))
    throw new TypeError(`import takes a stream or a list of text or bytes, not ${describe(source)}`)
}

function toText(chunk: unknown, decoder: InstanceType<typeof TextDecoder>): string {
  if (typeof chunk === 'string') return chunk
  if (chunk instanceof Uint8Array) return decoder.decode(chunk, { stream: true })
  throw new TypeError(`it comes as text or bytes, not ${describe(chunk)}`)
}

function deliveryOf(line: string, number: number): Delivery[] {
  return line.trim() === '' ? [] : [orBadLine(number, () => fromDeliveryDocument(JSON.parse(line)))]
}

function orBadLine<T>(number: number, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    const { message } = describeError(cause)
    throw new Error(`Line ${number} is no delivery of an export: ${message}`, { cause })
  }
}
