import type { Handler } from '@acuse/core'
import type { DiscoveryService } from '@nestjs/core'
import { type HandlerMark, marksOf } from './webhook-handler.ts'

/** A method that is marked, of the one instance that has it. */
export interface FoundHandler extends HandlerMark {
  /** `Class.method`: for messages, and the name of its completion. */
  readonly name: string
  readonly run: Handler<never>
}

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number]

/**
 * The marked methods of every provider and controller of the app.
 * @throws TypeError for one that Nest makes anew for each request or each consumer, and for a class with two instances
 */
export function findHandlers(discovery: DiscoveryService): readonly FoundHandler[] {
  const seen = new Set<object>()
  const owners = new Map<unknown, string>()
  const found: FoundHandler[] = []
  for (const wrapper of [...discovery.getProviders(), ...discovery.getControllers()]) {
    const { instance, module = 'a module' } = partsOf(wrapper)
    // An alias is the same instance once more.
    if (instance === undefined || seen.has(instance)) continue
    seen.add(instance)
    const marks = marksOf(Object.getPrototypeOf(instance))
    const [first] = marks
    if (first === undefined) continue
    const owner = String(instance.constructor.name)
    checkScope(wrapper, `${owner}.${String(first.key)}`)
    const other = owners.get(instance.constructor)
    if (other !== undefined)
      throw new TypeError(
        `${owner} has two instances, in ${other} and in ${module}, and each would handle every webhook: provide it in one module, and export it there`,
      )
    owners.set(instance.constructor, module)
    for (const mark of marks) found.push(toHandler(mark, owner, instance))
  }
  return found
}

function partsOf(wrapper: Wrapper): {
  readonly instance: object | undefined
  readonly module: string | undefined
} {
  const given: unknown = wrapper.instance
  const isThere = typeof given === 'object' && given !== null
  return { instance: isThere ? given : standInOf(wrapper), module: wrapper.host?.name }
}

/** What a factory makes later is of the class that is its token, as far as anybody can know; to be refused. */
function standInOf(wrapper: Wrapper): object | undefined {
  const { token } = wrapper
  return isMadeOnce(wrapper) || typeof token !== 'function'
    ? undefined
    : Object.create(token.prototype ?? null)
}

function isMadeOnce(wrapper: Wrapper): boolean {
  return wrapper.isDependencyTreeStatic() && !wrapper.isTransient
}

function checkScope(wrapper: Wrapper, name: string): void {
  if (isMadeOnce(wrapper)) return
  throw new TypeError(
    `${name} handles webhooks, and Nest makes its class anew for each request or consumer: a delivery has no request when it is handled. Give it the default scope, without request-scoped dependencies, or resolve those in the method with moduleRef.resolve()`,
  )
}

function toHandler(mark: HandlerMark, owner: string, instance: object): FoundHandler {
  return {
    ...mark,
    name: `${owner}.${String(mark.key)}`,
    // By name at each call: what wraps the method later counts.
    run: (event, context) => Reflect.get(instance, mark.key).call(instance, event, context),
  }
}
