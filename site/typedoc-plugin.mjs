import { Application, ReflectionKind } from 'typedoc'

/** Names the module that a package is when it is imported by its own name: without a name it is a link without a text. */
export function load(app) {
  app.on(Application.EVENT_PROJECT_REVIVE, (project) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module))
      if (module.name === '') module.name = 'main'
  })
}
