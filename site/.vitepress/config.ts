import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { slug } from 'github-slugger'
import { type DefaultTheme, defineConfig, type UserConfig } from 'vitepress'
import { linkToSource, repository } from '../markdown/link-to-source.ts'
import { literalBraces } from '../markdown/literal-braces.ts'
import { mermaidFence } from '../markdown/mermaid-fence.ts'
import { writeRedirects } from '../redirects.ts'
import { search } from '../search.ts'
import { type Language, sidebar } from '../sidebar.ts'
import { spanish } from './spanish.ts'

/** A plugin of the Vite that VitePress has, which is no dependency of ours. */
type Plugin = Extract<NonNullable<NonNullable<UserConfig['vite']>['plugins']>[number], { name: string }>

const docs = fileURLToPath(new URL('../../docs/', import.meta.url))
/** A letter, in the page itself. */
const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#c2410c" stroke-width="2"><path d="M3 6h18v12H3zM3 6l9 7 9-7"/></svg>',
)}`
const prefix = { en: '/', es: '/es/' } as const

/** The sidebar of a language: without pages that are not there, such as those of the API before they are made. */
function sidebarOf(language: Language): DefaultTheme.SidebarItem[] {
  return sidebar.map(({ title, pages }, at) => ({
    text: title[language],
    collapsed: at > 1,
    items: pages
      .filter(({ page }) => existsSync(`${docs}${prefix[language].slice(1)}${page}.md`))
      .map(({ page, title: of }) => ({
        text: of[language],
        link: `${prefix[language]}${page.replace(/index$/, '')}`,
      })),
  }))
}

function navOf(language: Language): DefaultTheme.NavItem[] {
  const titles = {
    en: ['Guide', 'Providers', 'Troubleshooting', 'API'],
    es: ['Guía', 'Proveedores', 'Solución de problemas', 'API'],
  }
  const pages = ['getting-started', 'providers', 'troubleshooting', 'api/']
  return pages.map((page, at) => ({ text: titles[language][at] ?? page, link: `${prefix[language]}${page}` }))
}

/** Pages become modules that import Vue; it is a dependency of this package, and not of `docs/`, where they are. */
function vueOfTheSite(): Plugin {
  return {
    name: 'acuse-vue-of-the-site',
    enforce: 'pre',
    resolveId(id, importer) {
      const isOfPage = /^vue(\/|$)/.test(id) && importer?.startsWith(docs)
      return isOfPage ? this.resolve(id, fileURLToPath(import.meta.url), { skipSelf: true }) : undefined
    },
  }
}

/** The theme asks a service for an icon that it lacks. It lacks none of ours, and must not be able to ask. */
function withoutIconService(): Plugin {
  return {
    name: 'acuse-without-icon-service',
    enforce: 'pre',
    transform(code, id) {
      return id.endsWith('VPSocialLink.vue')
        ? code.replaceAll('https://api.iconify.design/simple-icons/', '/icons/')
        : undefined
    },
  }
}

/** The documentation site: the pages of `docs/`, as they are read on GitHub. */
export default defineConfig({
  title: 'Acuse',
  description: 'Receives webhooks for your TypeScript application, and loses none.',
  srcDir: '../docs',
  outDir: 'dist',
  cacheDir: '.cache',
  cleanUrls: true,
  lastUpdated: false,
  ignoreDeadLinks: false,
  head: [['link', { rel: 'icon', href: icon }]],
  buildEnd: ({ outDir, pages }) => writeRedirects(outDir, pages),
  locales: {
    root: {
      label: 'English',
      lang: 'en',
      themeConfig: { nav: navOf('en'), sidebar: sidebarOf('en') },
    },
    es: {
      label: 'Español',
      lang: 'es',
      description: 'Recibe webhooks en tu aplicación TypeScript sin perder ninguno.',
      themeConfig: { ...spanish, nav: navOf('es'), sidebar: sidebarOf('es') },
    },
  },
  themeConfig: {
    search,
    outline: { level: [2, 3] },
    socialLinks: [{ icon: 'github', link: repository }],
    editLink: { pattern: `${repository}/edit/main/docs/:path`, text: 'Edit this page on GitHub' },
  },
  markdown: {
    // One anchor of a heading, here and on GitHub.
    anchor: { slugify: (text: string) => slug(text) },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark' },
    config(markdown) {
      markdown.use(linkToSource, { docs }).use(mermaidFence).use(literalBraces)
    },
  },
  vite: {
    // Mermaid is one large module, loaded by pages with a diagram.
    build: { chunkSizeWarningLimit: 4_000 },
    plugins: [vueOfTheSite(), withoutIconService()],
  },
})
