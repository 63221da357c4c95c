// Redcumbre's own example: the MAC is made over JSON that was parsed and written again.
import { isAuthentic, serve } from './base.ts'

serve({
  isAuthentic(body, signature, secret) {
    try {
      const written = JSON.stringify(JSON.parse(body.toString('utf8')))
      return isAuthentic(Buffer.from(written), signature, secret)
    } catch {
      return false
    }
  },
})
