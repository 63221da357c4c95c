import type { Translated } from '../command/language.ts'
import { en, type SharedTexts } from './en.ts'
import { es } from './es.ts'

/** The texts that all commands share, in each language. */
export const texts: Translated<SharedTexts> = { en, es }
