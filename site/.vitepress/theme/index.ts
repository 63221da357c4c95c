import type { Theme } from 'vitepress'
// Without the font of the default theme: the system has its own.
import DefaultTheme from 'vitepress/theme-without-fonts'
import { MermaidDiagram } from './mermaid-diagram.ts'
import './style.css'

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('MermaidDiagram', MermaidDiagram)
  },
} satisfies Theme
