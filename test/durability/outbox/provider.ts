import { standardWebhooks } from '@acuse/providers/standard-webhooks'

/** What the shop sends. */
export interface ShopEvents {
  readonly 'order.paid': { readonly type: 'order.paid'; readonly data: { readonly id: string } }
}

export const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

/** The shop as a provider. */
export function shop(key: string) {
  return standardWebhooks<ShopEvents>({ secret: key, name: 'shop', events: ['order.paid'] })
}

/** More attempts than a receiver can refuse by chance. */
export const retries: readonly number[] = [0, ...Array.from({ length: 200 }, () => 50)]
