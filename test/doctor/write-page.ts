// Writes the tables of docs/doctor.md and of its page in Spanish: `pnpm --filter acuse-test doctor:page`.
import { languages, writePage } from './page.ts'

for (const language of languages) writePage(language)
