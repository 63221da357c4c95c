import type { MarkdownRenderer } from 'vitepress'

/** `{{` of a page is what it says, as on GitHub: to the template that a page becomes it would be an expression. */
export function literalBraces(markdown: MarkdownRenderer): void {
  const { rules } = markdown.renderer
  for (const name of ['text', 'code_inline'] as const) {
    const render = rules[name]
    rules[name] = (tokens, at, options, env, self) =>
      (render?.(tokens, at, options, env, self) ?? '').replaceAll('{{', '&#123;&#123;')
  }
}
