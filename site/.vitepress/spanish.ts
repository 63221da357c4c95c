import type { DefaultTheme } from 'vitepress'
import { repository } from '../markdown/link-to-source.ts'

/** What the theme says of its own, in Spanish. */
export const spanish: DefaultTheme.Config = {
  outline: { level: [2, 3], label: 'En esta página' },
  docFooter: { prev: 'Anterior', next: 'Siguiente' },
  editLink: { pattern: `${repository}/edit/main/docs/:path`, text: 'Editar esta página en GitHub' },
  darkModeSwitchLabel: 'Apariencia',
  lightModeSwitchTitle: 'Cambiar a modo claro',
  darkModeSwitchTitle: 'Cambiar a modo oscuro',
  sidebarMenuLabel: 'Menú',
  returnToTopLabel: 'Volver arriba',
  langMenuLabel: 'Cambiar de idioma',
  skipToContentLabel: 'Saltar al contenido',
  notFound: {
    title: 'PÁGINA NO ENCONTRADA',
    quote: 'No hay ninguna página en esta dirección. Busca lo que necesitas o vuelve al inicio.',
    linkLabel: 'ir al inicio',
    linkText: 'Ir al inicio',
  },
}
