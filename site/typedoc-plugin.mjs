import GithubSlugger from 'github-slugger'
import { Application, ReflectionKind } from 'typedoc'
import { MarkdownPageEvent } from 'typedoc-plugin-markdown'

/** The API as pages of the site. */
export function load(app) {
  // What a package exports under its own name is a module without a name: a link without a text, a page without a title.
  app.on(Application.EVENT_PROJECT_REVIVE, (project) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module))
      if (module.name === '') module.name = module.parent?.name ?? 'main'
  })
  app.renderer.on(MarkdownPageEvent.END, (page) => {
    page.contents = withAnchors(page.contents ?? '')
  })
}

/** Links to the second heading of a name lead to the last one that there is: the generator counts some that it does not write. */
function withAnchors(text) {
  const slugger = new GithubSlugger()
  const anchors = new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => slugger.slug(heading.replace(/[`\\]/g, ''))),
  )
  return text.replace(/\]\(#([\w-]+)-(\d+)\)/g, (link, name, count) => {
    for (let at = Number(count); at > 0; at -= 1) if (anchors.has(`${name}-${at}`)) return `](#${name}-${at})`
    return anchors.has(name) ? `](#${name})` : link
  })
}
