import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import GithubSlugger from 'github-slugger'
import { root } from './processes.ts'

/** The folder of the pages. */
export const docs: string = join(root, 'docs')

/** The pages that are there, by their paths without `.md`; those that are made when the site is built are left out. */
export function pagesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.replace(/\.md$/, ''))
    .sort()
}

/** The text of a page. */
export function textOf(page: string): string {
  return readFileSync(join(docs, `${page}.md`), 'utf8')
}

/** A page without its code blocks, its comments and its front matter. */
function proseOf(text: string): string {
  return text
    .replace(/^---\n.*?\n---\n/s, '')
    .replace(/^( *)```.*?^\1```/gms, '')
    .replace(/<!--.*?-->/gs, '')
}

/** The anchors of the headings of a page, as GitHub makes them. */
function anchorsOf(text: string): ReadonlySet<string> {
  const slugger = new GithubSlugger()
  const headings = proseOf(text).matchAll(/^#{1,6} +(.+?) *#*$/gm)
  return new Set([...headings].map(([, heading = '']) => slugger.slug(toPlain(heading))))
}

/** A heading as it is read. */
function toPlain(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]/g, '')
    .replace(/&amp;/g, '&')
    .replace(/&lt;/g, '<')
}

/** The links and images of a page that are relative. */
export function relativeLinksOf(text: string): readonly string[] {
  const prose = proseOf(text).replace(/`[^`\n]*`/g, '')
  const links = [
    ...prose.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g),
    ...prose.matchAll(/\b(?:href|src|srcset)="([^"]+)"/g),
  ]
  return links.map(([, href = '']) => href).filter((href) => !/^([a-z]+:|\/)/i.test(href))
}

/** What a relative link of a page leads to: its path from the folder of the pages. */
export function targetOf(page: string, href: string): string {
  const [path = ''] = href.split('#')
  return path === '' ? `${page}.md` : join(dirname(page), decodeURI(path))
}

/** What is wrong with a relative link of a page: nothing, where its target and its anchor are there. */
export function faultOf(page: string, href: string): string | undefined {
  const [, anchor] = href.split('#')
  const target = join(docs, targetOf(page, href))
  // The pages of the API are made when the site is built, which looks at links to them.
  if (target.startsWith(join(docs, 'api'))) return undefined
  if (!existsSync(target)) return `${page}: ${href} is not there`
  if (anchor === undefined || !target.endsWith('.md')) return undefined
  const anchors = anchorsOf(readFileSync(target, 'utf8'))
  return anchors.has(decodeURIComponent(anchor)) ? undefined : `${page}: ${href} has no such heading`
}
