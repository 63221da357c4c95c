import type { JumpsellerEvents, JumpsellerOrder } from './events.ts'

/** The order of Jumpseller's documentation («Webhook Notifications»), shortened. */
function order(status: string): { readonly order: JumpsellerOrder } {
  return {
    order: {
      id: 1026,
      created_at: '2023-02-10 13:56:35 UTC',
      status,
      currency: 'USD',
      subtotal: 399,
      tax: 0,
      shipping: 50,
      total: 369.2,
      discount: 79.8,
      payment_method_name: 'Cash Collection',
      customer: { id: '123', email: 'test@example.com', phone: '123' },
      products: [{ id: 10732902, variant_id: 81899012, sku: 'black', name: 'Black', qty: 1, price: 399 }],
    },
  }
}

/** One payload for each main event. */
export const samples: Partial<JumpsellerEvents> = {
  order_pending_payment: order('Pending Payment'),
  order_paid: order('Paid'),
  order_canceled: order('Canceled'),
  product_updated: { product: { id: 10732902, name: 'Black', sku: 'black', price: 399, stock: 10 } },
  customer_created: { customer: { id: 123, email: 'test@example.com' } },
}
