import type { DefaultTheme } from 'vitepress'

/** How the pages are indexed and searched: read by the theme, and by the test that asks what strangers ask. */
export const searchSettings = {
  options: {
    // Without accents: many type none. Without the words that every page has. The theme sends the text of a function to the
    // browser, so each stands alone.
    processTerm: (term: string) => {
      const plain = term.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
      const common =
        /^(an?|and|are|by|do|does|for|how|is|it|my|of|on|or|the|to|with|como|con|del?|el|en|es|la|las|los|mi|o|para|por|que|se|si|su|un|una|y)$/
      return common.test(plain) ? null : plain
    },
  },
  searchOptions: {
    fuzzy: 0.2,
    prefix: true,
    boost: { title: 4, text: 2, titles: 1 },
    // The pages of the API and of the senders are many and alike: one of them is found by its name.
    boostDocument: (id: string) => (/^\/(es\/)?(api|providers)\//.test(id) ? 0.4 : 1),
  },
}

/** Of a page of the API: names, and the first paragraph of each. Else the index would be mostly tables of parameters. */
function outlineOf(html: string): string {
  return (html.match(/<h([1-3])[^>]*>.*?<\/h\1>(?:\s*<p>.*?<\/p>)?/gs) ?? []).join('\n')
}

const spanish = {
  button: { buttonText: 'Buscar', buttonAriaLabel: 'Buscar' },
  modal: {
    displayDetails: 'Mostrar la lista detallada',
    resetButtonTitle: 'Borrar la búsqueda',
    backButtonTitle: 'Cerrar la búsqueda',
    noResultsText: 'No hay resultados para',
    footer: {
      selectText: 'elegir',
      selectKeyAriaLabel: 'Intro',
      navigateText: 'navegar',
      navigateUpKeyAriaLabel: 'flecha arriba',
      navigateDownKeyAriaLabel: 'flecha abajo',
      closeText: 'cerrar',
      closeKeyAriaLabel: 'Escape',
    },
  },
}

/** The search of the site: its index is built with it, and no service is asked. */
export const search: NonNullable<DefaultTheme.Config['search']> = {
  provider: 'local',
  options: {
    miniSearch: searchSettings,
    locales: { es: { translations: spanish } },
    _render(source, env, markdown) {
      const html = markdown.render(source, env)
      return env.relativePath.startsWith('api/') ? outlineOf(html) : html
    },
  },
}
