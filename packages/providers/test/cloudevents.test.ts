import { describe, expect, it } from 'vitest'
import { type CloudEvent, cloudEvents, toCloudEvent } from '../src/cloudevents/index.ts'
import { bench, secret } from './support/clouds.ts'

const bearer = { authorization: `Bearer ${secret}` }
const structured = { ...bearer, 'content-type': 'application/cloudevents+json; charset=utf-8' }
const binary = (id: string) => ({
  ...bearer,
  'content-type': 'application/json',
  'ce-specversion': '1.0',
  'ce-type': 'com.example.order.paid',
  'ce-source': '/orders',
  'ce-id': id,
})
const event = (id: string): CloudEvent => ({
  specversion: '1.0',
  type: 'com.example.order.paid',
  source: '/orders',
  id,
  datacontenttype: 'application/json',
  data: { total: 1 },
})

describe('cloudEvents', () => {
  it('identifies an event by its source and its id, in whatever mode it comes', async () => {
    const { events, send } = bench(cloudEvents(secret))
    const batch = { ...bearer, 'content-type': 'application/cloudevents-batch+json' }
    await send({ headers: structured, body: JSON.stringify(event('1')) })
    await send({ headers: batch, body: JSON.stringify([event('1'), event('2')]) })
    await send({ headers: binary('2'), body: '{"total":1}' })
    await send({ headers: binary('3'), body: '{"total":1}' })
    await send({ headers: binary('3'), body: '{"total":1}' })
    await send({ headers: { ...binary('3'), 'ce-source': '/others' }, body: '{"total":1}' })
    expect(events.map((each) => toCloudEvent(each).id)).toEqual(['1', '2', '3', '3'])
    expect(events.map((each) => toCloudEvent(each).source).at(-1)).toBe('/others')
  })

  it('takes the token as bearer or in the query, and no other', async () => {
    const { send } = bench(cloudEvents(secret))
    const body = JSON.stringify(event('1'))
    const url = (token: string) => `/webhooks/cloudevents?access_token=${token}`
    const headers = { 'content-type': 'application/cloudevents+json' }
    expect((await send({ url: url(secret), headers, body })).status).toBe(200)
    expect((await send({ url: url('another-token-of-20'), headers, body })).status).toBe(401)
    expect((await send({ headers: { ...headers, authorization: `Bearer ${secret}x` }, body })).status).toBe(
      401,
    )
    expect((await send({ headers, body })).status).toBe(401)
  })

  it('gives permission to any origin that asks in the grammar of DNS names', async () => {
    const { send } = bench(cloudEvents(secret))
    const ask = (origin: string) =>
      send({
        method: 'OPTIONS',
        headers: { 'WebHook-Request-Origin': origin, 'WebHook-Request-Rate': '120' },
      })
    const { status, headers } = await ask('eventemitter.example.com')
    expect(status).toBe(200)
    expect(Object.fromEntries(headers)).toMatchObject({
      allow: 'POST',
      'webhook-allowed-origin': 'eventemitter.example.com',
      'webhook-allowed-rate': '*',
    })
    for (const origin of ['<script>', 'a b', '*', 'a,b']) {
      const answer = await ask(origin)
      expect(answer.status, origin).toBeGreaterThanOrEqual(400)
      expect(answer.headers.get('webhook-allowed-origin'), origin).toBeNull()
    }
    expect((await send({ method: 'OPTIONS' })).headers.get('webhook-allowed-origin')).toBeNull()
  })

  it('gives it to named origins alone, where there are some', async () => {
    const { send } = bench(cloudEvents(secret, { origins: ['eventgrid.azure.net', 'example.com'] }))
    const allowed = async (origin: string) =>
      (await send({ method: 'OPTIONS', headers: { 'WebHook-Request-Origin': origin } })).headers.get(
        'webhook-allowed-origin',
      )
    expect(await allowed('example.com')).toBe('example.com')
    expect(await allowed('evil.example')).toBeNull()
  })

  it('shows attributes and named extensions of a binary event, percent-decoded', async () => {
    const { events, send } = bench(cloudEvents(secret, { extensions: ['traceparent'] }))
    const headers = {
      ...binary('1'),
      'ce-subject': 'Ñuñoa%20%F0%9F%8E%89',
      'ce-traceparent': '100%',
      'ce-other': 'x',
    }
    await send({
      headers: { ...headers, 'ce-subject': '%C3%91u%C3%B1oa', 'content-type': 'text/plain' },
      body: 'hola',
    })
    expect(events.map(toCloudEvent)).toEqual([
      {
        specversion: '1.0',
        id: '1',
        source: '/orders',
        type: 'com.example.order.paid',
        subject: 'Ñuñoa',
        traceparent: '100%',
        data: 'hola',
      },
    ])
    expect(() => cloudEvents(secret, { extensions: ['Trace-Parent'] })).toThrow(TypeError)
  })

  it('refuses what is no CloudEvent', async () => {
    const { events, send } = bench(cloudEvents(secret))
    expect((await send({ headers: structured, body: '{"id":"1"}' })).status).toBe(400)
    expect((await send({ headers: structured, body: '[' })).status).toBe(400)
    expect(events).toEqual([])
  })

  it('sends samples as structured events, each with an id of its own', async () => {
    const { sending } = cloudEvents(secret)
    for (const [type, sample] of Object.entries((await sending?.samples()) ?? {})) {
      const payload = sending?.stamp?.(sample as never, new Date(7)) ?? {}
      const { mediaType, body } = sending?.encode?.(payload) ?? { mediaType: '', body: '' }
      expect(mediaType).toMatch(/^application\/cloudevents\+json/)
      expect(JSON.parse(body)).toMatchObject({ type, id: 'A234-7', time: '1970-01-01T00:00:00.007Z' })
    }
  })
})
