import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../support/processes.ts'
import { findFaults } from './contents.ts'
import { titleOf } from './page.ts'
import { projects } from './projects.ts'

describe.each([
  ['docs/install-matrix.md', 'en'],
  ['docs/es/install-matrix.md', 'es'],
] as const)('%s', (page, language) => {
  const lines = readFileSync(join(root, page), 'utf8').split('\n')

  it('has a line for each project, in their order', () => {
    const head = lines.findIndex((line) => /^(?:\| -+ ){5}\|$/.test(line))
    const titles = lines
      .slice(head + 1, lines.indexOf('', head))
      .map((line) => line.split(' | ')[0]?.slice(2).trim())
    expect(titles).toEqual(projects.map((project) => titleOf(project, language)))
  })

  it('tells of no project that fails', () => {
    expect(lines.filter((line) => /\| \*\*\w+\*\* +\|$/.test(line))).toEqual([])
  })
})

describe('the matrix', () => {
  it('has thirty projects or more, each of another name, and a third of them in its short form', () => {
    const names = new Set(projects.map(({ name }) => name))
    expect(names.size).toBe(projects.length)
    expect(names.size).toBeGreaterThanOrEqual(30)
    expect(projects.filter(({ short }) => short).length * 4).toBeGreaterThanOrEqual(projects.length)
  })

  it('finds tests, leftovers and missing parts among what would be published', () => {
    const files = [
      'package.json',
      'README.md',
      'dist/index.js',
      'src/index.ts',
      'src/lost.ts',
      'src/a.test.ts',
      'x.log',
    ]
    const published = { name: '@acuse/hono', size: 1, unpackedSize: 1, entryCount: 1 }
    expect(findFaults({ ...published, files: files.map((path) => ({ path, size: 1 })) })).toEqual([
      'src/a.test.ts is published',
      'x.log is published',
      'there is no LICENSE',
      'there is nothing of cjs',
      'there is no dist/lost.js',
      'there is no dist/a.test.js',
    ])
  })
})
