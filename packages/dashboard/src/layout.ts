import { answer } from './answer.ts'
import { script } from './assets/script.ts'
import { style } from './assets/style.ts'
import { type Content, html, type Markup } from './html.ts'
import { href, type Page, type Place, type View } from './view.ts'

const hash = (text: string): string => {
  let sum = 5381
  for (let at = 0; at < text.length; at++) sum = (Math.imul(sum, 33) ^ text.charCodeAt(at)) >>> 0
  return sum.toString(36)
}

/** The files beside the pages; their names change with them, so that browsers may keep them. */
const assets = [
  { path: `/assets/${hash(style)}.css`, type: 'text/css; charset=utf-8', text: style },
  { path: `/assets/${hash(script)}.js`, type: 'text/javascript; charset=utf-8', text: script },
] as const

/** A file beside the pages; `undefined` where there is none. */
export function asset(path: string): Response | undefined {
  const found = assets.find((each) => each.path === path)
  return (
    found && answer(200, found.type, found.text, { 'cache-control': 'private, max-age=31536000, immutable' })
  )
}

const places: readonly (readonly [place: Place, path: string])[] = [
  ['overview', ''],
  ['deliveries', '/deliveries'],
  ['dead', '/dead'],
  ['search', '/search'],
  ['live', '/live'],
  ['refused', '/refused'],
]

const icon =
  'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 16 16%22%3E%3Crect width=%2216%22 height=%2216%22 rx=%224%22 fill=%22%230f5f73%22/%3E%3Cpath d=%22M4 8.4l2.8 2.8L12.2 5%22 fill=%22none%22 stroke=%22%23fff%22 stroke-width=%222%22/%3E%3C/svg%3E'

/** The whole document of a page. */
export function document(view: View, page: Page): Markup {
  const { texts, lang } = view
  const [css, js] = assets
  return html`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title} · ${texts.name}</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="${href(view, css.path)}">
<script src="${href(view, js.path)}" defer></script>
</head>
<body>
<a class="skip" href="#content">${texts.skip}</a>
<header class="top">
<a class="brand" href="${href(view, '')}"><svg viewBox="0 0 16 16" aria-hidden="true"><rect width="16" height="16" rx="4"/><path d="M4 8.4l2.8 2.8L12.2 5"/></svg>${texts.name}</a>
<nav aria-label="${texts.nav}"><ul>${places.map(([place, path]) => html`<li><a href="${href(view, path)}"${place === page.place && html` aria-current="page"`}>${texts.places[place]}</a></li>`)}</ul></nav>
<div class="who">${whoIs(view)}${switcher(view)}</div>
</header>
<main id="content" tabindex="-1">
<h1>${page.title}</h1>
${page.body}
</main>
</body>
</html>`
}

function whoIs({ user, mayWrite, texts }: View): Content {
  return [
    user !== '' && html`<span class="user">${texts.signedInAs(user)}</span>`,
    !mayWrite && html`<span class="user">${texts.readOnly}</span>`,
  ]
}

function switcher(view: View): Content {
  const { texts, isLangFixed, path, query } = view
  if (isLangFixed) return undefined
  const here = { ...Object.fromEntries(query), lang: texts.switchLang }
  return html`<a class="lang" lang="${texts.switchLang}" hreflang="${texts.switchLang}" href="${href(view, path, here)}">${texts.switchTo}</a>`
}
