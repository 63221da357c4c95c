import type { KhipuEvents } from './events.ts'

/** The payment of Khipu's documentation («Webhook para notificaciones»). */
export const samples: KhipuEvents = {
  payment: {
    payment_id: 'zfxnocsow6mz',
    receiver_id: 990939,
    subject: 'TEST_COBRO',
    amount: '1000.0000',
    discount: '0.0000',
    currency: 'CLP',
    receipt_url: 'https://s3.amazonaws.com/staging.notifications.khipu.com/CPKH-1804240956-zfxnocsow6mz.pdf',
    bank: 'DemoBank',
    bank_id: 'Bawdf',
    payer_name: 'Cobrador de desarrollo #990.939',
    payer_email: 'test@khipu.com',
    personal_identifier: '44.444.444-4',
    bank_account_number: '000000000000444444444',
    out_of_date_conciliation: false,
    transaction_id: '15f836bd-e8a7-4d12-b2f1-56403012b555',
    responsible_user_email: 'test@khipu.com',
    payment_method: 'simplified_transfer',
    conciliation_date: '2024-04-18T13:56:54.859Z',
  },
}

/** The form of notifications 1.3. */
export const oldSamples = {
  payment: {
    api_version: '1.3',
    notification_token: '3d6c1abc2f545e64fe9508f54330da65eabdc63ce405bcbced0c26e6d05a7de0',
  },
}
