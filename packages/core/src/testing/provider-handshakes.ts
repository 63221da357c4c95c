import assert from 'node:assert/strict'
import { toHandshakeRequest } from '../lib/handshake-request.ts'
import { tokenOf } from '../lib/handshake-token.ts'
import { withQuery } from '../lib/sign-delivery.ts'
import type { Handshake } from '../model/handshake.ts'
import type { Outcome } from '../model/outcome.ts'
import { type Captured, withHeaders } from './captured.ts'
import { wordOf } from './provider-bench.ts'
import type { ProviderChecks, ProviderStage, Which } from './provider-stage.ts'

export const handshakeChecks: ProviderChecks = {
  'handshakes: answers each handshake as it says, and keeps nothing of it': async (stage) => {
    for (const [at, handshake] of stage.handshakes.entries()) {
      const bench = stage.bench()
      const { captured, faultOf } = await asked(stage, handshake)
      const outcome = await bench.send(captured)
      const what = `handshake ${at}`
      assert.equal(outcome.kind, 'answered', `${what}: must be answered, not ${wordOf(outcome)}`)
      assert.equal(faultOf(outcome), undefined, what)
      assert.equal(bench.touched, 0, `${what}: must not reach the inbox`)
      assert.equal((await bench.ran()).length, 0, `${what}: must run nothing`)
    }
  },
  'guard: answers no handshake with another token, or by another key': async (stage) => {
    for (const [at, handshake] of stage.handshakes.entries()) {
      if (handshake.proof === 'none') continue
      const bench = stage.bench()
      for (const forged of await forgeriesOf(stage, handshake)) {
        const outcome = await bench.send(forged)
        assert.equal(outcome.kind, 'rejected', `handshake ${at}: must be refused, not ${wordOf(outcome)}`)
      }
    }
  },
}

/** A handshake as its sender asks, at an address with the parameters of a sample, which may be signed. */
async function asked(
  stage: ProviderStage,
  handshake: Handshake,
  which: Which = 0,
): Promise<{ readonly captured: Captured; faultOf(outcome: Outcome): string | undefined }> {
  const { query: addressQuery } = stage.sent(await stage.sample(), stage.now, which)
  const request = toHandshakeRequest(stage.sender(which), handshake, { at: stage.now, addressQuery })
  const { method, headers, body } = request
  const query = withQuery(withQuery('', addressQuery), request.query).slice(1)
  return {
    captured: { method, headers, body, query },
    faultOf: (outcome) =>
      request.faultOf({
        status: outcome.status,
        body: outcome.body,
        header: (name) => outcome.headers[name],
      }),
  }
}

/** The same without the token, with another one, and with two; or by another key. */
async function forgeriesOf(stage: ProviderStage, handshake: Handshake): Promise<readonly Captured[]> {
  const { proof } = handshake
  if (typeof proof !== 'object') return [(await asked(stage, handshake, 1)).captured]
  const { equals } = proof
  const secret = tokenOf(proof)
  const { captured: right } = await asked(stage, handshake)
  const other = `${secret}x`
  if ('query' in equals) {
    const parameters = new URLSearchParams(right.query)
    parameters.delete(equals.query)
    return [[], [other], [secret, other]].map((tokens) => {
      const query = new URLSearchParams([
        ...parameters,
        ...tokens.map((token): [string, string] => [equals.query, token]),
      ])
      return { ...right, query: query.toString() }
    })
  }
  const name = equals.header.toLowerCase()
  return [undefined, other, [secret, other]].map((tokens) => withHeaders(right, { [name]: tokens }))
}
