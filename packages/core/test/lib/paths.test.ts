import { describe, expect, it } from 'vitest'
import { pathMatcher } from '../../src/lib/paths.ts'

describe('pathMatcher', () => {
  it('takes its path with and without a slash, escaped letters for letters, and nothing that cannot be decoded', () => {
    const matches = pathMatcher('/avisos/señal/')
    for (const path of ['/avisos/señal', '/avisos/se%C3%B1al/', '/%61visos/señal'])
      expect(matches(path), path).toBe(true)
    for (const path of ['/avisos', '/avisos/se%F1al', '/avisos%2Fseñal', '/Avisos/señal'])
      expect(matches(path), path).toBe(false)
    expect(pathMatcher('/')('/')).toBe(true)
    expect(pathMatcher('/a%zz')('/a%zz')).toBe(true)
  })
})
