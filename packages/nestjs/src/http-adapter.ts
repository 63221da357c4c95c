import type { HttpAdapterHost } from '@nestjs/core'

type Adapter = HttpAdapterHost['httpAdapter']

/**
 * Calls back with the app's HTTP adapter: at once in an app of `NestFactory`, where a `TestingModule` becomes an app in a test, and never in a
 * context without HTTP.
 */
export function whenAdapterIsThere(host: HttpAdapterHost, use: (adapter: Adapter) => void): void {
  // Nest 10 has none.
  const init: HttpAdapterHost['init$'] | undefined = host.init$
  if (host.httpAdapter) use(host.httpAdapter)
  else if (init) init.subscribe(() => use(host.httpAdapter))
  else watchProperty(host, use)
}

/** Stands before the setter of the class, until it is called. */
function watchProperty(host: HttpAdapterHost, use: (adapter: Adapter) => void): void {
  Object.defineProperty(host, 'httpAdapter', {
    configurable: true,
    get: () => undefined,
    set(adapter: Adapter) {
      Reflect.deleteProperty(host, 'httpAdapter')
      host.httpAdapter = adapter
      use(adapter)
    },
  })
}
