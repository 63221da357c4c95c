import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { run } from '../support/processes.ts'

/** A registry of the packed packages. */
export interface Registry {
  readonly url: string
  close(): void
}

interface Packed {
  readonly manifest: { readonly name: string; readonly version: string }
  readonly file: string
  readonly bytes: Buffer
}

/** Serves the tarballs of a folder as the npm registry does: a document for each name, and the files. */
export async function serveRegistry(folder: string): Promise<Registry> {
  const packed = await Promise.all(
    readdirSync(folder)
      .filter((file) => file.endsWith('.tgz'))
      .map((file) => readPacked(folder, file)),
  )
  const server = createServer((request, response) => {
    const path = decodeURIComponent(String(request.url))
    const one = packed.find(({ manifest, file }) => path === `/${manifest.name}` || path === `/files/${file}`)
    if (!one) return void response.writeHead(404).end('{"error":"not found"}')
    if (path.startsWith('/files/')) return void response.end(one.bytes)
    response.setHeader('content-type', 'application/json').end(JSON.stringify(documentOf(one, url)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function readPacked(folder: string, file: string): Promise<Packed> {
  const { stdout } = await run('tar', ['-xzOf', join(folder, file), 'package/package.json'])
  return { manifest: JSON.parse(stdout), file, bytes: readFileSync(join(folder, file)) }
}

function documentOf({ manifest, file, bytes }: Packed, url: string): object {
  const { name, version } = manifest
  const dist = {
    tarball: `${url}/files/${file}`,
    shasum: createHash('sha1').update(bytes).digest('hex'),
    integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
  }
  return {
    _id: name,
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...manifest, _id: `${name}@${version}`, dist } },
    time: { created: '2026-01-01T00:00:00.000Z', [version]: '2026-01-01T00:00:00.000Z' },
  }
}
