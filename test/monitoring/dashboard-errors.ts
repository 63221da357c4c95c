import { join } from 'node:path'
import ts from 'typescript'
import { compilerOptions } from '../support/compiler.ts'
import { root } from '../support/processes.ts'

/** A file that only the compiler has. */
const path = join(root, 'test/monitoring/dashboard-now.ts')

/** What the compiler has against a dashboard, by Grafana's own types; nothing: it is one. */
export function dashboardErrors(json: string): readonly string[] {
  const options = {
    ...compilerOptions(),
    allowImportingTsExtensions: true,
    rewriteRelativeImportExtensions: false,
  }
  const host = ts.createCompilerHost(options)
  const text = `import type { GrafanaDashboard } from './grafana-dashboard.ts'\nexport const dashboard: GrafanaDashboard = ${json}`
  const { getSourceFile, fileExists } = host
  host.getSourceFile = (name, ...rest) =>
    name === path ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2023) : getSourceFile(name, ...rest)
  host.fileExists = (name) => name === path || fileExists(name)
  const program = ts.createProgram([path], options, host)
  const files = [path, join(root, 'test/monitoring/grafana-dashboard.ts')]
  return files.flatMap((file) => {
    const source = program.getSourceFile(file)
    const errors = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return errors.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
  })
}
