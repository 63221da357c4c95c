/** An element that has attributes or children. */
export interface XmlElement {
  readonly [name: string]: XmlValue | readonly XmlValue[]
}

/** An element: its text, or what it has. */
export type XmlValue = string | XmlElement

/** What an object inherits, and no element of a document is. */
const inherited: readonly string[] = ['__proto__', 'constructor', 'prototype']

/** An element that has not ended; the document is its own parent. */
class OpenElement {
  readonly name: string
  readonly parent: OpenElement
  readonly depth: number
  readonly fields = new Map<string, XmlValue | XmlValue[]>()
  text = ''

  constructor(name: string, parent?: OpenElement) {
    this.name = name
    this.parent = parent ?? this
    this.depth = parent === undefined ? 0 : parent.depth + 1
  }
}

/** A document being read. */
export class XmlTree {
  readonly #maxDepth: number
  readonly #lists: ReadonlySet<string>
  #current = new OpenElement('')

  constructor(maxDepth: number, lists: ReadonlySet<string>) {
    this.#maxDepth = maxDepth
    this.#lists = lists
  }

  /** An object of the root element, once that has ended. */
  get root(): XmlElement {
    const { fields } = this.#current
    if (fields.size === 0) throw new SyntaxError('XML without an element')
    return Object.fromEntries(fields)
  }

  open(name: string): void {
    if (inherited.includes(name)) throw new SyntaxError(`XML with an element '${name}'`)
    if (this.#current.depth === 0 && this.#current.fields.size > 0)
      throw new SyntaxError('XML with two roots')
    this.#current = new OpenElement(name, this.#current)
    if (this.#current.depth > this.#maxDepth)
      throw new RangeError(`XML deeper than ${this.#maxDepth} elements`)
  }

  attribute(name: string, value: string): void {
    this.#current.fields.set(`@${name}`, value)
  }

  text(found: string): void {
    this.#current.text += found
  }

  close(): void {
    const { name, parent, fields, text } = this.#current
    this.#current = parent
    // Blanks between elements are layout.
    if (fields.size > 0 && text.trim() !== '') fields.set('#text', text)
    this.#add(name, fields.size > 0 ? Object.fromEntries(fields) : text)
  }

  #add(name: string, value: XmlValue): void {
    const { fields } = this.#current
    const found = fields.get(name)
    if (Array.isArray(found)) found.push(value)
    else if (found !== undefined) fields.set(name, [found, value])
    else fields.set(name, this.#lists.has(name) ? [value] : value)
  }
}
