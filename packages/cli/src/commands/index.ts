import type { Command, CommandGroup } from '../command/command.ts'
import { completionOf } from './completion/completion.ts'
import { doctor } from './doctor/doctor.ts'
import { explain } from './explain/explain.ts'
import { inbox } from './inbox/inbox.ts'
import { listen } from './listen/listen.ts'
import { providers } from './providers/providers.ts'
import { replay } from './replay/replay.ts'
import { send } from './send/send.ts'

/** Every command, in the order in which help lists them. A new one is added here, and nowhere else. */
export const commands: readonly (Command | CommandGroup)[] = [
  listen,
  replay,
  send,
  explain,
  doctor,
  inbox,
  providers,
  completionOf(() => commands),
]
