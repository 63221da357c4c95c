// What wrangler bundled, in workerd on this machine.
import { Miniflare } from 'miniflare'

const miniflare = new Miniflare({
  modules: true,
  scriptPath: 'dist/worker.js',
  compatibilityDate: '2026-01-01',
  compatibilityFlags: ['nodejs_compat'],
  bindings: { REDCUMBRE_WEBHOOK_SECRET: process.env.REDCUMBRE_WEBHOOK_SECRET },
  host: '127.0.0.1',
  port: 0,
  handleRuntimeStdio(stdout, stderr) {
    stdout.pipe(process.stdout)
    stderr.pipe(process.stderr)
  },
})
const { port } = await miniflare.ready
console.log(`listening on http://127.0.0.1:${port}`)
// Its own listener would end the process with the code of the signal.
process.removeAllListeners('SIGTERM')
process.once('SIGTERM', async () => {
  await miniflare.dispose()
  process.exit(0)
})
