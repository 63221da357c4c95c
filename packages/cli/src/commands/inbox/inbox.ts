import type { CommandGroup } from '../../command/command.ts'
import { discard, redrive } from './change.ts'
import { exportLetters } from './export.ts'
import { helpOf } from './help.ts'
import { list } from './list.ts'
import { replay } from './replay.ts'
import { show } from './show.ts'
import { stats } from './stats.ts'

/** `acuse inbox`: an inbox, beside the service that works on it. */
export const inbox: CommandGroup = {
  name: 'inbox',
  texts: helpOf('group'),
  commands: [stats, list, show, redrive, discard, replay, exportLetters],
}
