import type { Translated } from '../../command/language.ts'
import type { CheckTexts } from './check-texts.ts'
import { checks as checksEn } from './checks-en.ts'
import { checks as checksEs } from './checks-es.ts'
import { words as wordsEn } from './en.ts'
import { words as wordsEs } from './es.ts'
import { probes as probesEn } from './probes-en.ts'
import { probes as probesEs } from './probes-es.ts'

/** The texts of the doctor. */
export type DoctorTexts = typeof wordsEn & {
  readonly checks: { readonly [Code in keyof typeof checksEn]: CheckTexts }
  readonly probes: { readonly [Name in keyof typeof probesEn]: string }
}

/** What the doctor says, in each language. */
export const doctorTexts: Translated<DoctorTexts> = {
  en: { ...wordsEn, checks: checksEn, probes: probesEn },
  es: { ...wordsEs, checks: checksEs, probes: probesEs },
}
