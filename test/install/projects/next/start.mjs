// Next prints its address in its own words.
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'

const free = createServer().listen(0, '127.0.0.1', () => {
  const { port } = free.address()
  free.close(() => {
    const env = { ...process.env, PORT: String(port), HOSTNAME: '127.0.0.1' }
    const next = spawn(process.execPath, ['.next/standalone/server.js'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    next.stdout.setEncoding('utf8').on('data', (text) => {
      process.stdout.write(text)
      if (/Ready in/.test(text)) console.log(`listening on http://127.0.0.1:${port}`)
    })
    next.once('exit', (code) => process.exit(code ?? 143))
    process.once('SIGTERM', () => next.kill('SIGTERM'))
  })
})
