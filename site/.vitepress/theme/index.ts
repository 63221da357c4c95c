import type { Theme } from 'vitepress'
// Without the font of the default theme: the system has its own.
import DefaultTheme from 'vitepress/theme-without-fonts'
import { toEnglishApi } from '../../to-english-api.ts'
import { MermaidDiagram } from './mermaid-diagram.ts'
import './style.css'

export default {
  extends: DefaultTheme,
  enhanceApp({ app, router }) {
    app.component('MermaidDiagram', MermaidDiagram)
    router.onBeforeRouteChange = (to) => {
      const page = toEnglishApi(to)
      if (page === undefined) return
      void router.go(page)
      return false
    }
  },
} satisfies Theme
