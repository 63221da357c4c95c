import type { Command, CommandGroup } from '../command/command.ts'
import { completionOf } from './completion/completion.ts'
import { doctor } from './doctor/doctor.ts'
import { providers } from './providers/providers.ts'

/** Every command, in the order in which help lists them. A new one is added here, and nowhere else. */
export const commands: readonly (Command | CommandGroup)[] = [providers, doctor, completionOf(() => commands)]
