import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../support/processes.ts'
import { codeOf } from './recipe.ts'

/** The pages of this folder's tests; the tests of others have their own. */
const pages = ['aws-lambda', 'azure-functions', 'express', 'fastify', 'google-cloud-functions', 'koa']

describe.each(pages)('the page of %s', (page) => {
  it('has the same code in Spanish, comments apart', () => {
    const english = codeOf(`frameworks/${page}`)
    expect(english.length).toBeGreaterThan(1)
    expect(codeOf(`es/frameworks/${page}`)).toEqual(english)
  })

  it('has the same sections in Spanish', () => {
    const headings = (of: string) => readFileSync(join(root, 'docs', `${of}.md`), 'utf8').match(/^#+ /gm)
    expect(headings(`es/frameworks/${page}`)).toEqual(headings(`frameworks/${page}`))
  })
})
