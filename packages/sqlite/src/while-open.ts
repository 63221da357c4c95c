/**
 * The same object, whose methods run only while `check` does not throw; so are the statements that it prepares. What is
 * done with it later would be done without the transaction.
 */
export function whileOpen<Target extends object>(target: Target, check: () => void): Target {
  const proxy: Target = new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...values: unknown[]): unknown => {
        check()
        // The drivers' methods want the very object that they belong to.
        const result: unknown = Reflect.apply(value, target, values)
        if (result === target) return proxy
        return name === 'prepare' && isObject(result) ? whileOpen(result, check) : result
      }
    },
  })
  return proxy
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
