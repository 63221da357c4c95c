// Writes the tables of docs/doctor.md: `pnpm --filter acuse-test doctor:page`.
import { writePage } from './page.ts'

writePage()
