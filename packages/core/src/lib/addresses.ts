import * as net from 'node:net'

/** Whether an address is in one of the listed networks. */
export type AddressList = (address: string | undefined) => boolean

/**
 * A list of addresses (`203.0.113.7`) and networks (`203.0.113.0/24`, `2001:db8::/32`). An IPv4 address that
 * is mapped into IPv6 counts as what it is, a port after an address does not count; one that is unknown or malformed is in
 * no list.
 * @throws TypeError when an entry is neither
 */
export function toAddressList(entries: readonly string[]): AddressList {
  if (!Array.isArray(entries) || entries.length === 0) {
    throw new TypeError("ipAllowlist must be a list of addresses and networks, such as ['203.0.113.0/24']")
  }
  const list = new net.BlockList()
  for (const entry of entries) add(list, entry)
  return (given) => {
    const address = withoutPort(given ?? '')
    const family = net.isIP(address)
    return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6')
  }
}

/** Azure's proxies write the port of the client into `X-Forwarded-For`. */
function withoutPort(address: string): string {
  const [, inBrackets, dotted] = /^(?:\[([^\]]+)\](?::\d{1,5})?|([\d.]+):\d{1,5})$/.exec(address) ?? []
  return inBrackets ?? dotted ?? address
}

function add(list: net.BlockList, entry: string): void {
  const [address = '', bits, ...more] = String(entry).split('/')
  const family = net.isIP(address)
  const most = family === 4 ? 32 : 128
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
  if (family === 0 || more.length > 0 || !(prefix <= most)) {
    throw new TypeError(
      `ipAllowlist holds '${entry}', which is no address or network, such as 203.0.113.0/24`,
    )
  }
  list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6')
}
