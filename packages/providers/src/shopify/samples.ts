import type { ShopifyEvents } from './events.ts'

/** In the form of Shopify's reference. */
export const samples: Partial<ShopifyEvents> = {
  'orders/create': {
    id: 820982911946154,
    admin_graphql_api_id: 'gid://shopify/Order/820982911946154',
    name: '#9999',
    currency: 'USD',
    total_price: '398.00',
    financial_status: 'voided',
    created_at: '2021-12-31T19:00:00-05:00',
    updated_at: '2021-12-31T19:00:00-05:00',
  },
  'products/update': {
    id: 788032119674292,
    admin_graphql_api_id: 'gid://shopify/Product/788032119674292',
    title: 'Example T-Shirt',
    status: 'active',
    updated_at: '2021-12-31T19:00:00-05:00',
  },
  'app/uninstalled': {
    id: 548380009,
    name: 'Super Toys',
    domain: null,
    myshopify_domain: null,
    updated_at: null,
  },
  'customers/redact': {
    shop_id: 954889,
    shop_domain: 'example.myshopify.com',
    customer: { id: 191167, email: 'example@example.com' },
    orders_to_redact: [299938, 280263, 220458],
  },
}
