import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkSync } from 'recheck'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { root } from '../support/processes.ts'

// recheck's backend in this process: the others are native, or wait for a thread.
process.env['RECHECK_SYNC_BACKEND'] = 'pure'

// Expressions look at what senders write, so none may take longer than its text is long.
interface Expression {
  readonly source: string
  readonly flags: string
}

/** The expressions of a source: literals, and what `RegExp` is made of, if that can be read here. */
function expressionsOf(code: string, name = 'source.ts'): (Expression | string)[] {
  const file = ts.createSourceFile(name, code, ts.ScriptTarget.Latest, true)
  const texts = new Map<string, string>()
  const found: (Expression | string)[] = []
  const textOf = (node: ts.Node | undefined): string | undefined => {
    if (node === undefined) return undefined
    if (ts.isStringLiteralLike(node)) return node.text
    if (ts.isRegularExpressionLiteral(node)) return node.text.slice(1, node.text.lastIndexOf('/'))
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'String.raw')
      return ts.isNoSubstitutionTemplateLiteral(node.template) ? node.template.rawText : undefined
    return ts.isIdentifier(node) ? texts.get(node.text) : undefined
  }
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name)) {
      const text = textOf(node.initializer)
      if (text !== undefined) texts.set(node.name.text, text)
    }
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/')
      found.push({ source: node.text.slice(1, end), flags: node.text.slice(end + 1) })
    } else if (
      (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
      node.expression.getText() === 'RegExp'
    ) {
      const [source, flags] = node.arguments ?? []
      const text = textOf(source)
      found.push(text === undefined ? node.getText() : { source: text, flags: textOf(flags) ?? '' })
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** Why an expression may backtrack; `undefined`: it does not. What cannot be told is a reason, too. */
function faultOf(expression: Expression | string): string | undefined {
  if (typeof expression === 'string') return `${expression} is not made of a text that stands here`
  const { source, flags } = expression
  // The automaton decides, and no luck; what it cannot tell in a minute is too much for a reader, too.
  const found = checkSync(source, flags, { checker: 'automaton', timeout: 60_000 })
  if (found.status === 'safe') return undefined
  return `/${source}/${flags} is ${found.status === 'unknown' ? found.error.kind : found.complexity.summary}`
}

/** The pins of `fetchedKey` are the program's own, and of texts of 2 048 characters at most: the catalogue's are tried below. */
const given = 'core/src/schemes/key-url.ts: new RegExp('

const packages = join(root, 'packages')
const files = readdirSync(packages, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /^[^/]+\/src\/.*\.ts$/.test(file),
)

describe('a regular expression', () => {
  it('of ours takes no longer than its text is long', () => {
    const expressions = files.flatMap((file) =>
      expressionsOf(readFileSync(join(packages, file), 'utf8'), file).map((each) => ({ file, each })),
    )
    expect(files.length).toBeGreaterThan(100)
    expect(expressions.length).toBeGreaterThan(40)
    const faults = expressions.flatMap(({ file, each }) => {
      const fault = faultOf(each)
      return fault === undefined ? [] : [`${file}: ${fault}`]
    })
    expect(faults.filter((fault) => !fault.startsWith(given))).toEqual([])
  })

  it.each([
    ['const a = /(a|a)*b/', 'exponential'],
    ['const a = /^(?:\\w+\\s?)+$/', 'exponential'],
    ['text.replace(/\\s+$/, "")', '2nd degree polynomial'],
    ['const a = /<[^>]*$/g', '2nd degree polynomial'],
    ['const words = "(a+)+$"; const a = new RegExp(words, "u")', 'exponential'],
    ['const a = RegExp(String.raw`\\d+x`)', '2nd degree polynomial'],
    ['const a = new RegExp(given)', 'is not made of a text'],
  ])('that takes longer is found: %s', (code, why) => {
    expect(expressionsOf(code).map(faultOf)).toEqual([expect.stringContaining(why)])
  })

  it('that pins where the catalogue fetches keys takes no longer either', () => {
    const pins = ['paypal', 'sns'].flatMap((name) => {
      const text = readFileSync(join(packages, 'providers/src', name, 'index.ts'), 'utf8')
      return [...text.matchAll(/^ +(?:hosts|path): '([^']+)',$/gm)].map(([, source = '']) => source)
    })
    const sources = pins
      .filter((source) => !source.startsWith('/webhooks/'))
      .map((source) => source.replaceAll('\\\\', '\\'))
    expect(sources.length).toBeGreaterThan(1)
    for (const source of sources) expect(faultOf({ source: `^(?:${source})$`, flags: 'u' })).toBeUndefined()
  })
})
