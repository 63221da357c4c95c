import { useData } from 'vitepress'
import { defineComponent, h, onMounted, ref, watch } from 'vue'

let count = 0

/** A diagram: drawn where it is seen, as its source is until then and to those who run no scripts. */
export const MermaidDiagram = defineComponent({
  props: { source: { type: String, required: true } },
  setup(props) {
    const { isDark } = useData()
    const svg = ref('')
    async function draw() {
      const { default: mermaid } = await import('mermaid')
      mermaid.initialize({
        startOnLoad: false,
        securityLevel: 'strict',
        theme: isDark.value ? 'dark' : 'neutral',
        // The page's own background, so that a label hides nothing but the line that it names.
        themeVariables: { edgeLabelBackground: isDark.value ? '#1b1b1f' : '#ffffff' },
      })
      count += 1
      const drawn = await mermaid.render(`mermaid-${count}`, decodeURIComponent(props.source))
      svg.value = withLeastWidth(drawn.svg)
    }
    onMounted(() => {
      void draw()
      watch(isDark, draw)
    })
    return () =>
      svg.value === ''
        ? h('pre', { class: 'mermaid-diagram' }, decodeURIComponent(props.source))
        : h('div', { class: 'mermaid-diagram', role: 'img', innerHTML: svg.value })
  },
})

/** A wide diagram is scrolled on a phone: its letters would be too small there. */
function withLeastWidth(drawn: string): string {
  return drawn.replace(/max-width: ([\d.]+)px/, (all, width: string) => {
    return `${all}; min-width: ${Math.min(Number(width), 600)}px`
  })
}
