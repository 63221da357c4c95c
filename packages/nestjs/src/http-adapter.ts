import type { HttpAdapterHost } from '@nestjs/core'

type Adapter = HttpAdapterHost['httpAdapter']

/**
 * Calls back with the app's HTTP adapter: at once in an app of `NestFactory`, where a `TestingModule` becomes an app in a test, and never in a
 * context without HTTP.
 */
export function whenAdapterIsThere(host: HttpAdapterHost, use: (adapter: Adapter) => void): void {
  // A context without HTTP has `null` set.
  const look = (): void => {
    if (host.httpAdapter) use(host.httpAdapter)
  }
  // Nest 10 has none.
  const init: HttpAdapterHost['init$'] | undefined = host.init$
  if (host.httpAdapter) look()
  else if (init) init.subscribe(look)
  else watchProperty(host, look)
}

/** Stands before the setter of the class, until it is called. */
function watchProperty(host: HttpAdapterHost, look: () => void): void {
  Object.defineProperty(host, 'httpAdapter', {
    configurable: true,
    get: () => undefined,
    set(adapter: Adapter) {
      Reflect.deleteProperty(host, 'httpAdapter')
      host.httpAdapter = adapter
      look()
    },
  })
}
