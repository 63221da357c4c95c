import { existsSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'

/** Where the source is. */
export const repository = 'https://github.com/acuse/acuse'

/**
 * A link of a page to what is no page of the site, such as `../packages/core/src/index.ts`, at GitHub; any other as it is.
 * @param href as it stands in the page
 * @param page the path of the page in `docs`
 */
function toSourceLink(href: string, page: string, docs: string): string {
  if (/^([a-z]+:|\/|#)/i.test(href)) return href
  const [path = '', anchor] = href.split('#')
  const target = join(docs, dirname(page), decodeURI(path))
  if (!existsSync(target)) return href
  const isFolder = statSync(target).isDirectory()
  const isInside = !relative(docs, target).startsWith('..')
  if (isInside && !isFolder && target.endsWith('.md')) return href
  const place = relative(dirname(docs), target)
  return `${repository}/${isFolder ? 'tree' : 'blob'}/main/${place}${anchor === undefined ? '' : `#${anchor}`}`
}

/** Makes the links to the source, in every page. */
export function linkToSource(markdown: MarkdownRenderer, { docs }: { readonly docs: string }): void {
  const { rules } = markdown.renderer
  const render = rules['link_open']
  rules['link_open'] = (tokens, at, options, env, self) => {
    const token = tokens[at]
    const href = token?.attrGet('href')
    // A page that includes another is read under its own path.
    if (href) token?.attrSet('href', toSourceLink(href, String(env.relativePath), docs))
    return render ? render(tokens, at, options, env, self) : self.renderToken(tokens, at, options)
  }
}
