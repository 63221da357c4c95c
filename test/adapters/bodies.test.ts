import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { describeHosts } from './every-host.ts'
import { exchange, freshBody, headOf, type RawRequest } from './raw-client.ts'

describeHosts((host, post) => {
  it('answers 413 unread to a body that declares itself too large, and closes', async () => {
    const answer = await exchange(host().port, [headOf({ signature: '0'.repeat(64), length: 100_001 })])
    expect(answer).toMatchObject({
      status: 413,
      body: '{"error":"content_too_large"}',
      headers: { connection: 'close' },
    })
    expect(answer.closed).toBe(true)
  })

  it.each<[string, number, RawRequest]>([
    ['without a signature', 401, { signature: null }],
    ['with a signature that is none', 401, { signature: 'zz' }],
    ['with two signatures', 401, { signature: 'zz', headers: ['X-Webhook-Signature: zz'] }],
    ['that is compressed', 415, { headers: ['Content-Encoding: gzip'] }],
    ['of another method', 405, { method: 'PUT' }],
  ])('answers at once to a request %s whose body never comes, and closes', async (_, status, request) => {
    const socket = connect(host().port, '127.0.0.1')
    // Resolves when the server has closed: until then the client sends on.
    const closed = once(socket, 'close')
    const chunks: Buffer[] = []
    socket.on('error', () => {}).on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.write(headOf({ ...request, length: 90_000 }))
    const drip = setInterval(() => socket.write(' '), 20)
    await closed
    clearInterval(drip)
    expect(Buffer.concat(chunks).toString()).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  })

  it('answers 413 to a body that is too large and does not say so, after at most 64 KB more', async () => {
    const read = new Promise<number>((resolve) => {
      host().server.once('connection', (socket) => socket.once('close', () => resolve(socket.bytesRead)))
    })
    const chunk = Buffer.concat([Buffer.from('1000\r\n'), Buffer.alloc(0x1000, ' '), Buffer.from('\r\n')])
    const head = headOf({ signature: '0'.repeat(64), length: null, headers: ['Transfer-Encoding: chunked'] })
    const answer = await exchange(host().port, [head, ...Array(500).fill(chunk)], { pauseMs: 1 })
    expect(answer.status).toBe(413)
    expect(answer.closed).toBe(true)
    expect(await read).toBeGreaterThan(100_000)
    expect(await read).toBeLessThanOrEqual(100_000 + 65_536 + head.length)
  })

  it('reads no more than was declared: what follows is another request', async () => {
    const [body, next] = [freshBody(), freshBody()]
    const before = host().observations.length
    const socket = connect(host().port, '127.0.0.1')
    socket.on('error', () => {}).resume()
    socket.write(Buffer.concat([headOf({ body }), body, headOf({ body: next }), next]))
    const accepted = () =>
      host()
        .observations.slice(before)
        .filter(({ type }) => type === 'accepted').length
    while (accepted() < 2) await sleep(5)
    socket.destroy()
    const lying = await exchange(host().port, [headOf({ body, length: body.length - 1 }), body])
    expect(lying.status).toBeGreaterThanOrEqual(400)
    expect(lying.status).toBeLessThan(500)
  })

  it('answers 408 to a body that trickles, at its deadline, and closes', async () => {
    const body = freshBody()
    const answer = await exchange(
      host().port,
      [headOf({ body }), ...body.subarray(0, 100)].map((part) =>
        typeof part === 'number' ? Buffer.from([part]) : part,
      ),
      { pauseMs: 20 },
    )
    expect(answer).toMatchObject({
      status: 408,
      body: '{"error":"request_timeout"}',
      headers: { connection: 'close' },
      closed: true,
    })
  })

  it('takes a body that had arrived when the process, which stood still, looks at its deadline', async () => {
    const body = Buffer.concat([freshBody(), Buffer.alloc(95_000, ' ')])
    const socket = connect(host().port, '127.0.0.1')
    const answered = new Promise<string>((resolve) =>
      socket.on('error', () => {}).once('data', (chunk) => resolve(chunk.toString('latin1'))),
    )
    const requested = once(host().server, 'request')
    socket.write(headOf({ body }))
    socket.write(body.subarray(0, 100))
    await requested
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
    // Written to the system at once, and not read before the deadline is over.
    socket.write(body.subarray(100))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600)
    expect(await answered).toMatch(/^HTTP\/1.1 200 /)
    socket.destroy()
  })

  it('stores nothing and says nothing when the client aborts, at 20 offsets of its request', async () => {
    const body = freshBody()
    const whole = Buffer.concat([headOf({ body }), body])
    const before = host().observations.length
    for (let n = 0; n < 20; n++) {
      const offset = Math.floor((whole.length * n) / 20)
      await exchange(host().port, [whole.subarray(0, offset)], { timeoutMs: 15 })
    }
    await sleep(50)
    const observations = host().observations.slice(before)
    expect(observations.filter(({ type }) => type !== 'rejected')).toEqual([])
    expect(
      observations.every(
        (observation) => observation.type === 'rejected' && observation.code === 'body-aborted',
      ),
    ).toBe(true)
    expect(host().errors).toEqual([])
  })

  it.each([
    ['two lengths', (head: string) => head.replace(/(Content-Length: \d+)/, '$1\r\nContent-Length: 1')],
    [
      'length and chunked',
      (head: string) => head.replace(/(Content-Length)/, 'Transfer-Encoding: chunked\r\n$1'),
    ],
    [
      'a bare line feed in a header',
      (head: string) => head.replace('Host: 127.0.0.1', 'Host: 127.0.0.1\nX-Webhook-Signature: x'),
    ],
    ['a bare carriage return', (head: string) => head.replace('Host: 127.0.0.1', 'Host: a\rb')],
    ['a NUL in a header', (head: string) => head.replace('Host: 127.0.0.1', 'Host: a\0b')],
    [
      'a blank before the colon',
      (head: string) => head.replace('X-Webhook-Signature:', 'X-Webhook-Signature :'),
    ],
    ['a folded header', (head: string) => head.replace('X-Webhook-Signature: ', 'X-Webhook-Signature:\r\n ')],
    ['a version of the future', (head: string) => head.replace(' HTTP/1.1', ' HTTP/9.9')],
  ])('accepts nothing when the head plays with lines: %s', async (_, play) => {
    const body = freshBody()
    const before = host().observations.length
    const answer = await exchange(
      host().port,
      [Buffer.from(play(headOf({ body }).toString('latin1')), 'latin1'), body],
      { timeoutMs: 800 },
    )
    expect(answer.status === 0 || (answer.status >= 400 && answer.status < 500)).toBe(true)
    expect(
      host()
        .observations.slice(before)
        .filter(({ type }) => type === 'accepted'),
    ).toEqual([])
  })

  it('never answers 5xx to any of this, and still takes an honest delivery', async () => {
    const statuses = host().observations.flatMap((observation) =>
      observation.type === 'rejected' ? [observation.status] : [],
    )
    expect(statuses.filter((status) => status >= 500)).toEqual([])
    expect((await post({ body: freshBody() })).status).toBe(200)
  })
})
