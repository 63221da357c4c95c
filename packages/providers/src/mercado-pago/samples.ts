import type { MercadoPagoEvents, MercadoPagoResource } from './events.ts'

/** The documented notice («Webhooks»). */
function notice(type: string, action: string, id: string): MercadoPagoResource {
  return {
    id: 12345,
    live_mode: true,
    type,
    date_created: '2015-03-25T10:04:58.396-04:00',
    user_id: 44444,
    api_version: 'v1',
    action,
    data: { id },
  }
}

/** The notices that are sent, which are not what is fetched. */
export const samples: Partial<MercadoPagoEvents> = {
  payment: notice('payment', 'payment.created', '999999999'),
  order: notice('order', 'order.processed', 'ORD01JQ4S4KY8HWQ6NA5PXB65B3D3'),
  subscription_preapproval: notice('subscription_preapproval', 'created', '2c938084726fca480172750000000000'),
  topic_chargebacks_wh: notice('topic_chargebacks_wh', 'created', '217000087654321000'),
}
