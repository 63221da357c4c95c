import { timingSafeEqual } from 'node:crypto'
import { type Dashboard, dashboard, type Received } from '@acuse/dashboard'

const cookieName = 'example-dashboard'
const basePath = '/acuse'

/** The dashboard of the example: whoever opened the address with the token once may do everything, as long as the browser runs. */
export function openDashboard(token: string, receivers: () => readonly Received[]): Dashboard {
  return dashboard({
    basePath,
    receivers,
    authorize(request) {
      const { pathname, searchParams } = new URL(request.url)
      const asked = searchParams.get('token')
      // It must not stay in the address: that is copied and remembered.
      if (asked !== null && isSame(asked, token))
        return new Response(null, {
          status: 303,
          headers: {
            location: pathname,
            'set-cookie': `${cookieName}=${token}; Path=${basePath}; HttpOnly; SameSite=Lax`,
          },
        })
      const [, cookie = ''] =
        new RegExp(`(?:^|; )${cookieName}=([^;]+)`).exec(request.headers.get('cookie') ?? '') ?? []
      return isSame(cookie, token) && { user: 'demo', mayWrite: true }
    },
  })
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.byteLength === b.byteLength && timingSafeEqual(a, b)
}
