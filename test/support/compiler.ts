import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from './processes.ts'

/** The compiler's options of this repository, for files that import its sources and become nothing. */
export function compilerOptions(): ts.CompilerOptions {
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as {
    readonly compilerOptions: object
  }
  const { options, errors } = ts.convertCompilerOptionsFromJson(compilerOptions, root)
  if (errors.length > 0) throw new Error(ts.formatDiagnostics(errors, hostAt(root)))
  // As Nest wants it; nothing else has decorators, or parameters that are properties.
  const decorators = { experimentalDecorators: true, emitDecoratorMetadata: true, erasableSyntaxOnly: false }
  return { ...options, ...decorators, noEmit: true, composite: false }
}

/**
 * The errors of the type checker in the TypeScript of some folders, in its words, by folder; none is the empty text.
 * One compiler reads all of them: most of its time goes to what they import. What that holds itself, the build checks.
 */
export function typeErrors(folders: readonly string[]): ReadonlyMap<string, string> {
  const all = folders.map((folder) => ({ folder, files: filesOf(folder) }))
  const program = ts.createProgram(
    all.flatMap(({ files }) => files),
    compilerOptions(),
  )
  const ofAll = [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()]
  return new Map(
    all.map(({ folder, files }) => {
      const errors = files.flatMap((file) => errorsOf(program, file))
      return [folder, ts.formatDiagnostics([...ofAll, ...errors], hostAt(folder))]
    }),
  )
}

function filesOf(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts'))
  if (names.length === 0) throw new Error(`There is no TypeScript in ${folder}`)
  return names.map((name) => join(folder, name))
}

function errorsOf(program: ts.Program, file: string): readonly ts.Diagnostic[] {
  const source = program.getSourceFile(file)
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
}

function hostAt(folder: string): ts.FormatDiagnosticsHost {
  return {
    getCurrentDirectory: () => folder,
    getCanonicalFileName: (name) => name,
    getNewLine: () => '\n',
  }
}
