import { sqliteCases } from './inbox-sqlite.ts'

// The suite on the Node that runs this: `npx -y node@24 --conditions=@acuse/source --import tsx …`
let passed = 0
let failed = 0
for (const { name, run } of sqliteCases()) {
  try {
    await run()
    passed++
  } catch (error) {
    failed++
    console.error(`failed: ${name}`, error)
  }
}
console.log(`node ${process.versions.node}: ${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
