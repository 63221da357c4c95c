import { describe, expect, it } from 'vitest'
import { eventGrid } from '../src/event-grid/index.ts'
import { bench, secret } from './support/clouds.ts'

const url = `/webhooks/event-grid?code=${secret}`
const item = (id: string) => ({
  id,
  topic: '/subscriptions/1/resourceGroups/pagos',
  subject: 'contoso/items/42',
  eventType: 'Contoso.Items.ItemReceived',
  eventTime: '2026-11-25T18:59:16.1647262Z',
  data: { itemSku: 'Contoso-42' },
  dataVersion: '1.0',
  metadataVersion: '1',
})
const validation = [
  {
    ...item('2d1781af-3a4c-4d7c-bd0c-e34b19da4e66'),
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    data: {
      validationCode: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6',
      validationUrl: 'https://rp-eastus2.eventgrid.azure.net:553/eventsubscriptions/myeventsub/validate?id=5',
    },
  },
]

describe('eventGrid', () => {
  it('answers the validation event with its code, to whoever has the key', async () => {
    const { events, send } = bench(eventGrid(secret))
    const body = JSON.stringify(validation)
    const { status, text } = await send({
      url,
      body,
      headers: { 'aeg-event-type': 'SubscriptionValidation' },
    })
    expect(status).toBe(200)
    expect(JSON.parse(text)).toEqual({ validationResponse: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6' })
    expect((await send({ url: url.replace(secret, 'another-key-of-16'), body })).status).toBe(401)
    expect((await send({ url: '/webhooks/event-grid', body })).status).toBe(401)
    expect(events).toEqual([])
  })

  it('takes a list that has more than a validation event for events: none is answered and forgotten', async () => {
    const { events, send } = bench(eventGrid(secret))
    const { status, text } = await send({ url, body: JSON.stringify([...validation, item('9')]) })
    expect(status).toBe(200)
    expect(text).not.toContain('validationResponse')
    expect(events.map(({ type }) => type)).toEqual([
      'Microsoft.EventGrid.SubscriptionValidationEvent',
      'Contoso.Items.ItemReceived',
    ])
  })

  it('gives permission to the origin that asks with OPTIONS, for deliveries as CloudEvents', async () => {
    const { send } = bench(eventGrid(secret))
    const { status, headers } = await send({
      url,
      method: 'OPTIONS',
      headers: { 'WebHook-Request-Origin': 'eventgrid.azure.net', 'WebHook-Request-Rate': '120' },
    })
    expect(status).toBe(200)
    expect(Object.fromEntries(headers)).toMatchObject({
      allow: 'POST',
      'webhook-allowed-origin': 'eventgrid.azure.net',
      'webhook-allowed-rate': '*',
    })
  })

  it('runs each event of a list once, whatever list it comes in again', async () => {
    const { events, send } = bench(eventGrid(secret))
    for (const list of [[item('1'), item('2')], [item('2'), item('3')], [item('1')]])
      expect(
        (await send({ url, body: JSON.stringify(list), headers: { 'aeg-delivery-count': '0' } })).status,
      ).toBe(200)
    expect(events).toMatchObject([
      { type: 'Contoso.Items.ItemReceived', payload: item('1'), unsigned: { 'aeg-delivery-count': '0' } },
      { payload: item('2') },
      { payload: item('3') },
    ])
  })

  it('reads events in the schema of CloudEvents, one or a list', async () => {
    const { events, send } = bench(eventGrid(secret))
    const event = { specversion: '1.0', type: 'fooEventType', source: 'mysource', id: '1', data: {} }
    const one = { url, headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' } }
    await send({ ...one, body: JSON.stringify(event) })
    await send({ ...one, body: JSON.stringify([event, { ...event, source: 'another' }]) })
    expect(events).toMatchObject([{ type: 'fooEventType' }, { payload: { source: 'another' } }])
  })

  it('takes the key from the parameter that is named', async () => {
    const { send } = bench(eventGrid(secret, { parameter: 'k' }))
    const body = JSON.stringify([item('1')])
    expect((await send({ url: `/webhooks/event-grid?k=${secret}`, body })).status).toBe(200)
    expect((await send({ url, body })).status).toBe(401)
  })

  it('sends samples in a list, each with an id of its own', async () => {
    const { sending } = eventGrid(secret)
    const at = new Date(7)
    for (const [eventType, sample] of Object.entries((await sending?.samples()) ?? {})) {
      const payload = sending?.stamp?.(sample as never, at) ?? {}
      const id = '93902694-901e-008f-6f95-000000000007'
      expect(JSON.parse(sending?.encode?.(payload).body ?? '')).toMatchObject([{ eventType, id }])
      expect(sending?.headers?.(payload, at, eventType)).toMatchObject({ 'aeg-event-type': 'Notification' })
    }
  })
})
