import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './support/processes.ts'

/** Words of ours that gave way to the field's: CONTRIBUTING.md has the list of both. */
const gone =
  /\b(fingerprints?|identit(y|ies)|maxIdentities|allowFrom|atRest|orderBy|orderKey|freshness|spill\w*|spares?|bury(ing)?|buried|desks?|lanes?|pressure|inPace|attachReceiver|suspects?|cautions?)\b/i
/** The coding of HTTP that codes nothing, a document of a person, the caller in an event of AWS, and events of senders. */
const anotherThing =
  /content-?encoding|'identity'|identity, |, identity'|identity card|identity: \{ sourceIp|identity\?: LambdaCaller|\.identity\)\?\.sourceIp|^\s*'[\w.[\]-]*identity[\w.[\]-]*',$/i

it('names and prose have the words of the field', () => {
  const files = execFileSync('git', ['ls-files', '*.ts', '*.md', '*.mjs'], { cwd: root, encoding: 'utf8' })
  const found = files
    .split('\n')
    .filter(
      (file) =>
        file !== '' && !/CHANGELOG|words\.test|\.changeset|CONTRIBUTING|^docs\/(es\/)?providers\//.test(file),
    )
    .flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, at) =>
          gone.test(line) && !anotherThing.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [],
        ),
    )
  expect(found).toEqual([])
})
