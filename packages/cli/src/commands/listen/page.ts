import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'

/** Writes the page: plain HTML that shows what `events` tells. All of a sender's text goes through `textContent`. */
export function writePage(response: ServerResponse, language: string): void {
  const nonce = randomBytes(16).toString('base64')
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  })
  response.end(toHtml(nonce, language))
}

function toHtml(nonce: string, language: string): string {
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>acuse listen</title>
<style nonce="${nonce}">
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
details { border-top: 1px solid #8884; padding: .5rem 0 }
summary { cursor: pointer; font-family: ui-monospace, monospace }
pre { overflow-x: auto; background: #8881; padding: .75rem; border-radius: .25rem }
.accepted, .duplicate, .answered { color: #1a7f37 } .refused { color: #cf222e }
</style>
<h1>acuse listen</h1>
<p id="state" role="status">…</p>
<main id="list" aria-live="polite"></main>
<script nonce="${nonce}">
const list = document.getElementById('list')
const state = document.getElementById('state')
let count = 0
const add = (parent, name, text, className) => {
  const element = document.createElement(name)
  element.textContent = text
  if (className) element.className = className
  parent.append(element)
  return element
}
const source = new EventSource('/_acuse/events')
source.onopen = () => { state.textContent = 'live: ' + count }
source.onerror = () => { state.textContent = 'not connected' }
source.onmessage = ({ data }) => {
  const it = JSON.parse(data)
  state.textContent = 'live: ' + ++count
  const details = document.createElement('details')
  const summary = add(details, 'summary', '')
  add(summary, 'span', it.verdict + (it.code ? ' ' + it.code : ''), it.verdict)
  summary.append(' ' + it.status + ' ' + it.method + ' ' + it.url + ' ' + (it.event || it.mayBe.join(', ')) + ' ' + it.at)
  for (const finding of it.findings) add(details, 'p', finding.evidence + ' ' + finding.remedy)
  add(details, 'pre', it.headers.map(([name, value]) => name + ': ' + value).join('\\n'))
  let body = it.body === undefined ? it.bodyBase64 : it.body
  try { body = JSON.stringify(JSON.parse(body), undefined, 2) } catch {}
  add(details, 'pre', body)
  list.prepend(details)
  while (list.childElementCount > 200) list.lastElementChild.remove()
}
</script>
</html>
`
}

/** Browsers that watch: each is told what came before it, and everything that comes. */
export class Watchers {
  readonly #open = new Set<ServerResponse>()
  readonly #recent: string[] = []

  /** Begins to tell. */
  add(response: ServerResponse): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    })
    response.write(`: acuse\n\n${this.#recent.join('')}`)
    this.#open.add(response)
    response.on('close', () => this.#open.delete(response))
  }

  /** Tells all of them; who does not read is left. */
  tell(event: object): void {
    const text = `data: ${JSON.stringify(event)}\n\n`
    this.#recent.push(text)
    if (this.#recent.length > 100) this.#recent.shift()
    for (const response of this.#open) {
      if (response.writableLength > 16 * 2 ** 20) response.destroy()
      else response.write(text)
    }
  }

  close(): void {
    for (const response of this.#open) response.end()
  }
}
