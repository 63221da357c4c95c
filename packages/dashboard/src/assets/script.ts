/** The script beside the pages. Pages are whole without it: it follows the live view, and jobs that are on their way. */
export const script = `'use strict'
{
  const say = (text) => {
    const said = document.getElementById('said')
    if (said) said.textContent = text
  }

  /** A job that is running: its part of the page is fetched anew until it has ended. */
  const refresh = async () => {
    const job = document.querySelector('[data-refresh]')
    if (!job) return
    try {
      const answer = await fetch(location.href)
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const fresh = page.getElementById(job.id)
      if (fresh && !job.contains(document.activeElement)) job.replaceWith(document.importNode(fresh, true))
    } catch {}
    setTimeout(refresh, 1000)
  }
  setTimeout(refresh, 1000)

  const live = document.getElementById('live')
  const rows = document.querySelector('#events tbody')
  const mostRows = 200
  const everyMs = 1500

  const cell = (row, child, className) => {
    const made = row.insertCell()
    if (className) made.className = className
    made.append(child)
  }

  const element = (name, text, attributes) => {
    const made = document.createElement(name)
    made.textContent = text
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
    return made
  }

  /** Every value becomes text. */
  const add = (line) => {
    const row = rows.insertRow(0)
    row.className = 'fresh'
    cell(row, element('time', line.time, { datetime: line.iso }), 'tight')
    cell(row, element('span', line.what, { class: 'what ' + line.kind }), 'tight')
    cell(row, line.provider)
    cell(row, line.event)
    cell(row, line.detail)
    cell(row, line.id === '' ? '' : element('a', line.id, { class: 'id', href: line.href }))
    while (rows.rows.length > mostRows) rows.deleteRow(-1)
  }

  if (live && rows) {
    const words = live.dataset
    const button = document.getElementById('pause')
    let isPaused = false
    let last = Number(words.last)

    const follow = async () => {
      if (!isPaused && !document.hidden) {
        try {
          const answer = await fetch(words.feed + '?after=' + last)
          if (!answer.ok) throw new Error(String(answer.status))
          const fresh = await answer.json()
          for (const line of fresh.lines.reverse()) add(line)
          last = fresh.last
          if (!isPaused) say(fresh.lines.length > 0 ? words.fresh.replace('{n}', fresh.lines.length) : words.following)
        } catch {
          say(words.away)
        }
      }
      setTimeout(follow, everyMs)
    }

    button.hidden = false
    button.addEventListener('click', () => {
      isPaused = !isPaused
      button.textContent = isPaused ? words.resume : words.pause
      say(isPaused ? words.paused : words.following)
    })
    say(words.following)
    follow()
  }
}
`
