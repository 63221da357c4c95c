import { bundles } from './matrix/bundles.ts'
import { compilers } from './matrix/compilers.ts'
import { frameworks } from './matrix/frameworks.ts'
import { managers } from './matrix/managers.ts'
import { nest } from './matrix/nest.ts'
import { runners } from './matrix/runners.ts'
import type { Project } from './project.ts'

/** The matrix, in the order of its table. */
export const projects: readonly Project[] = [
  ...frameworks,
  ...nest,
  ...runners,
  ...bundles,
  ...managers,
  ...compilers,
]
