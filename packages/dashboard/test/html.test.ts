import { describe, expect, it } from 'vitest'
import { escapeText, html, Markup } from '../src/html.ts'

describe('html', () => {
  it('makes text of every value but its own markup', () => {
    const item = html`<li>${'<b>'}</li>`
    expect(String(html`<ul class="${'a" onclick="x'}">${[item, ' & ']}</ul>`)).toBe(
      '<ul class="a&quot; onclick=&quot;x"><li>&lt;b&gt;</li> &amp; </ul>',
    )
  })

  it('leaves out what is absent, and keeps zero and the empty text', () => {
    expect(String(html`a${undefined}b${null}c${false}d${0}e${''}f`)).toBe('abcd0ef')
  })

  it('takes nobody’s object for markup, whatever it says of itself', () => {
    const forged: unknown = { toString: () => '<script>' }
    expect(String(html`${forged as string}`)).toBe('&lt;script&gt;')
    expect(() => Reflect.construct(Markup, [Symbol('markup'), '<script>'])).toThrow(TypeError)
  })
})

describe('escapeText', () => {
  it.each([
    [`<>&"'\``, '&lt;&gt;&amp;&quot;&#39;&#96;'],
    ['line\nbreak\ttab', 'line\nbreak\ttab'],
    ['a\u0000b\u001b', 'a\\u{0}b\\u{1b}'],
    ['abc\u202efed\u2066', 'abc\\u{202e}fed\\u{2066}'],
    ['zero\u200bwidth\ufeff', 'zero\\u{200b}width\\u{feff}'],
    ['lone \ud800 half', 'lone \\u{d800} half'],
    ['Ñandú 🎉', 'Ñandú 🎉'],
  ])('%j becomes %j', (text, escaped) => {
    expect(escapeText(text)).toBe(escaped)
  })
})
