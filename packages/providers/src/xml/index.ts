import { checkOptions, type OptionKinds, wholeNumber } from '@acuse/core/inbox-kit'
import sax from 'sax'
import { decodeXml } from './decode.ts'
import { XmlTree } from './xml-tree.ts'

export type { XmlElement, XmlValue } from './xml-tree.ts'

/** Options of {@link parseXml}. */
export interface XmlOptions {
  /** The most elements within each other, 1 to 1 000. Default 64. */
  readonly maxDepth?: number
  /** The largest body, in bytes. Default 1 048 576. */
  readonly maxBytes?: number
  /** Names of elements that are always a list, such as `['Detalle']`. Default: a list where they stand more than once. */
  readonly lists?: readonly string[]
}

/** A body format: `bodies: { 'text/xml': parseXml() }`. */
export interface XmlFormat {
  /** Reads XML; throws on what it refuses. */
  readonly parse: (body: Uint8Array) => unknown
}

const optionKinds: OptionKinds<XmlOptions> = { maxDepth: 'number', maxBytes: 'number', lists: 'list' }
const entities = { amp: '&', gt: '>', lt: '<', quot: '"', apos: "'" }

/**
 * XML as a body format. An element without attributes or children is its text, any other an object: children by name, a
 * list where one stands more than once, attributes after `@`, and text beside them as `#text`. Names keep their prefixes;
 * comments and instructions are left out.
 *
 * Refused: a DOCTYPE, and so every entity that is not XML's own five or a character; what is deeper or larger than the
 * options say; what is not well-formed; an element that is named as a part of prototypes; an encoding that is not UTF-8,
 * ASCII, ISO-8859-1 or Windows-1252. Nothing is fetched.
 *
 * @throws TypeError when an option cannot be used
 * @example
 * import { defineProvider, hmac } from '@acuse/core'
 * import { parseXml } from '@acuse/providers/xml'
 *
 * export const acme = (secret: string) =>
 *   defineProvider<{ paid: unknown }>({
 *     name: 'acme',
 *     path: '/webhooks/acme',
 *     scheme: hmac({ header: 'X-Signature', secret }),
 *     bodies: { 'text/xml': parseXml({ lists: ['item'] }) },
 *     eventRules: [{ type: [{ body: 'event.@type' }] }],
 *   })
 */
export function parseXml(options: XmlOptions = {}): XmlFormat {
  checkOptions('parseXml options', options, optionKinds)
  const { maxDepth = 64, maxBytes = 2 ** 20, lists = [] } = options
  wholeNumber('maxDepth', maxDepth, 1, 1_000)
  wholeNumber('maxBytes', maxBytes, 1, 2 ** 30)
  const listed = new Set(lists)
  return {
    parse(body) {
      if (body.byteLength > maxBytes) throw new RangeError(`XML of more than ${maxBytes} bytes`)
      return read(decodeXml(body), new XmlTree(maxDepth, listed))
    },
  }
}

/** In `sax` an error that its handler does not throw is forgotten. */
function read(text: string, tree: XmlTree): unknown {
  const parser = sax.parser(true, { position: false })
  // XML's five: its own table holds HTML's, and finds `constructor`, as an object does.
  parser.ENTITIES = Object.assign(Object.create(null), entities)
  parser.onerror = (error) => {
    throw error
  }
  parser.ondoctype = refuseDeclaration
  parser.onsgmldeclaration = refuseDeclaration
  parser.onopentagstart = ({ name }) => {
    // One that does not end is told to nobody, but kept.
    if (Reflect.get(parser, 'doctype')) refuseDeclaration()
    tree.open(name)
  }
  parser.onattribute = ({ name, value }) => tree.attribute(name, value)
  parser.ontext = (found) => tree.text(found)
  parser.oncdata = (found) => tree.text(found)
  parser.onclosetag = () => tree.close()
  parser.write(text).close()
  return tree.root
}

function refuseDeclaration(): never {
  throw new SyntaxError('XML with a DOCTYPE or another declaration')
}
