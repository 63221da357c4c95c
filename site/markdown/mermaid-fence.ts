import type { MarkdownRenderer } from 'vitepress'

/** Makes a component of each fence of the language `mermaid`: the theme draws it in the reader's browser. */
export function mermaidFence(markdown: MarkdownRenderer): void {
  const { fence } = markdown.renderer.rules
  markdown.renderer.rules.fence = (tokens, at, options, env, self) => {
    const token = tokens[at]
    if (token?.info.trim() === 'mermaid')
      return `<MermaidDiagram source="${encodeURIComponent(token.content)}" />\n`
    return fence ? fence(tokens, at, options, env, self) : ''
  }
}
