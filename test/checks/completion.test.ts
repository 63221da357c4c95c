import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { root } from '../support/processes.ts'

/** A file that only the editor has. */
const path = join(root, 'test/types/typed-now.ts')

/** What an editor offers at `|` in a text. */
function createEditor(): (text: string) => readonly string[] {
  const folder = join(root, 'test')
  const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, folder)
  let text = ''
  let version = 0
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [path],
    getScriptVersion: (name) => (name === path ? String(version) : '0'),
    getScriptSnapshot(name) {
      if (name === path) return ts.ScriptSnapshot.fromString(text)
      return existsSync(name) ? ts.ScriptSnapshot.fromString(readFileSync(name, 'utf8')) : undefined
    },
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
    fileExists: (name) => name === path || ts.sys.fileExists(name),
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  })
  return (marked) => {
    const at = marked.indexOf('|')
    text = marked.slice(0, at) + marked.slice(at + 1)
    version++
    return service.getCompletionsAtPosition(path, at, {})?.entries.map(({ name }) => name) ?? []
  }
}

/** A provider, a name of its, and members of that event's payload. */
const subjects: readonly (readonly [provider: string, event: string, members: readonly string[]])[] = [
  ['github', 'push', ['commits', 'repository']],
  ['stripe', 'invoice.paid', ['id', 'data']],
  ['redcumbre', 'bhe.emitida', ['bheId', 'montos']],
]

describe('an editor', () => {
  const complete = createEditor()

  it.each(subjects)('completes the names and the payloads of %s', (provider, event, members) => {
    const start = [
      "import { createReceiver } from '@acuse/core'",
      `import { ${provider} } from '@acuse/providers/${provider}'`,
      `const receiver = createReceiver(${provider}('s'))`,
      'receiver.on(',
    ].join('\n')
    expect(complete(`${start}'|')`)).toContain(event)
    const offered = complete(`${start}'${event}', (event) => { event.payload.| })`)
    expect(offered).toEqual(expect.arrayContaining([...members]))
    expect(complete(`${start}'${event}', (event) => { event.| })`)).toEqual(
      expect.arrayContaining(['id', 'payload', 'type', 'unsigned']),
    )
  })
})
