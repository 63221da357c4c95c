import type { Text } from '../sidebar.ts'

/** What a provider's data does not say and its users must know. The doc comments of the factories have the long form. */
export const notes: { readonly [provider: string]: readonly Text[] } = {
  bitbucket: [
    {
      en: 'Without a secret Bitbucket signs nothing, and its deliveries are refused.',
      es: 'Sin un secreto Bitbucket no firma nada, y sus entregas se rechazan.',
    },
  ],
  calendly: [
    {
      en: 'Without a signing key Calendly signs nothing, and its deliveries are refused.',
      es: 'Sin una clave de firma Calendly no firma nada, y sus entregas se rechazan.',
    },
  ],
  clickup: [
    {
      en: 'ClickUp suspends a webhook at the first 401: add a new secret to the list here before you take the old one away.',
      es: 'ClickUp suspende un webhook al primer 401: agrega el secreto nuevo a la lista antes de quitar el antiguo.',
    },
    {
      en: 'A second `folderUpdated`, `spaceUpdated` or `goalUpdated` of one thing has the very bytes of the first, and is one event with it.',
      es: 'Un segundo `folderUpdated`, `spaceUpdated` o `goalUpdated` de una misma cosa tiene los mismos bytes que el primero, y es un solo evento con él.',
    },
  ],
  discord: [
    {
      en: "Discord sends wrong signatures on purpose, and removes an address that does not answer them with 401. An interaction wants its answer within 3 s: give it with `respond` and `ack: 'handled'`.",
      es: "Discord envía firmas incorrectas a propósito, y quita una dirección que no las responde con 401. Una interacción espera su respuesta en 3 s: dala con `respond` y `ack: 'handled'`.",
    },
  ],
  docusign: [
    {
      en: 'Choose JSON (SIM) in Connect: the older XML is refused.',
      es: 'Elige JSON (SIM) en Connect: el XML anterior se rechaza.',
    },
  ],
  'event-grid': [
    {
      en: 'A delivery that is answered 401 is not sent again: give the old key and the new one while you change it.',
      es: 'Una entrega respondida con 401 no se envía otra vez: da la clave antigua y la nueva mientras la cambias.',
    },
  ],
  fintoc: [
    {
      en: 'The secret is shown once, when the endpoint is made.',
      es: 'El secreto se muestra una sola vez, al crear el endpoint.',
    },
  ],
  flow: [
    {
      en: 'Refunds and subscriptions post a token of another kind to an address of their own: mount another receiver there, with a `fetchLatest` of its own.',
      es: 'Los reembolsos y las suscripciones envían otro tipo de token a una dirección propia: monta ahí otro receptor, con su propio `fetchLatest`.',
    },
  ],
  github: [
    {
      en: 'GitHub does not retry: what a stopped server missed is sent again by hand or by its API. [Reconcile](../reconcile.md) runs such a question at regular times.',
      es: 'GitHub no reintenta: lo que perdió un servidor detenido se reenvía a mano o por su API. [Conciliar](../reconcile.md) hace esa consulta a intervalos regulares.',
    },
  ],
  gitlab: [
    {
      en: 'A secret token is sent as it is and signs nothing: prefer a signing token, where your GitLab has it.',
      es: 'Un token secreto se envía tal cual y no firma nada: prefiere un token de firma, si tu GitLab lo tiene.',
    },
  ],
  jumpseller: [
    {
      en: 'A paid order gives `order_paid` and `order_updated`, which may be equal to the byte. Subscribe to `order_updated` alone and read the signed `order.status`, or to events of single states.',
      es: 'Un pedido pagado da `order_paid` y `order_updated`, que pueden ser iguales byte por byte. Suscríbete solo a `order_updated` y lee el `order.status` firmado, o a eventos de un solo estado.',
    },
  ],
  'khipu-1': [
    {
      en: 'Compare `receiver_id` and `amount` with yours before you deliver. Where you can, change to notifications 3.0.',
      es: 'Compara `receiver_id` y `amount` con los tuyos antes de entregar. Si puedes, cambia a las notificaciones 3.0.',
    },
  ],
  make: [
    {
      en: 'Set `Idempotency-Key` to the id of the execution, so that two equal orders are two events.',
      es: 'Pon el id de la ejecución en `Idempotency-Key`, para que dos pedidos iguales sean dos eventos.',
    },
  ],
  'mercado-pago': [
    {
      en: 'Nothing of the body is signed. Notices of QR codes, and IPN, have no signature and are refused. An attempt that was answered too late comes again as another event.',
      es: 'Nada del cuerpo está firmado. Los avisos de códigos QR y los IPN no traen firma y se rechazan. Un intento respondido demasiado tarde vuelve como otro evento.',
    },
  ],
  meta: [
    {
      en: 'A page whose deliveries fail for an hour is unsubscribed. WhatsApp retries for 7 days, the others for 36 hours.',
      es: 'Una página cuyas entregas fallan durante una hora queda sin suscripción. WhatsApp reintenta 7 días; los demás, 36 horas.',
    },
  ],
  n8n: [
    {
      en: 'Put the id of the execution into each item, so that two equal orders are two events.',
      es: 'Pon el id de la ejecución en cada elemento, para que dos pedidos iguales sean dos eventos.',
    },
  ],
  notion: [
    {
      en: 'The token comes in a first request that is unsigned, and the log shows it. Paste it into Notion first, and use it as the secret only when Notion says that the subscription is verified: anybody can send one.',
      es: 'El token llega en una primera solicitud sin firma, y el log lo muestra. Pégalo primero en Notion y úsalo como secreto solo cuando Notion diga que la suscripción está verificada: cualquiera puede enviar uno.',
    },
  ],
  paddle: [
    {
      en: 'This is Paddle Billing. Paddle Classic signs another way, and is refused.',
      es: 'Esto es Paddle Billing. Paddle Classic firma de otra manera y se rechaza.',
    },
  ],
  paypal: [
    {
      en: "A CRC-32 proves nothing of the body: fetch what you pay for from PayPal's API by `payload.resource.id`.",
      es: 'Un CRC-32 no prueba nada del cuerpo: consulta lo que vas a pagar en la API de PayPal con `payload.resource.id`.',
    },
  ],
  shopify: [
    {
      en: 'Topic, shop and ids stand in headers that nothing signs: take the shop from the payload where it matters.',
      es: 'El tema, la tienda y los ids están en headers que nada firma: toma la tienda del payload cuando importe.',
    },
  ],
  slack: [
    {
      en: "Commands and interactions that want an answer (`view_submission`, `block_suggestion`) need `ack: 'handled'` with `respond`.",
      es: "Los comandos y las interacciones que esperan una respuesta (`view_submission`, `block_suggestion`) necesitan `ack: 'handled'` con `respond`.",
    },
  ],
  sns: [
    {
      en: 'Nothing is sent before `confirmSubscription`. `MessageAttributes` are not signed, and raw message delivery has no signature: leave it off.',
      es: 'No se envía nada antes de `confirmSubscription`. Los `MessageAttributes` no van firmados, y la entrega «raw» no trae firma: déjala desactivada.',
    },
  ],
  stripe: [
    {
      en: 'The key is the text of the secret, `whsec_` included. Each endpoint has its own, and so has the Stripe CLI.',
      es: 'La clave es el texto del secreto, con `whsec_` incluido. Cada endpoint tiene el suyo, y la CLI de Stripe también.',
    },
  ],
  twilio: [
    {
      en: 'Two requests with the same parameters at one address are one event: give each step of a voice menu an address of its own.',
      es: 'Dos solicitudes con los mismos parámetros en una dirección son un solo evento: da a cada paso de un menú de voz su propia dirección.',
    },
  ],
  typeform: [
    {
      en: 'Without a secret Typeform signs nothing, and its deliveries are refused. A 404 or a 410 disables the webhook at once.',
      es: 'Sin un secreto Typeform no firma nada, y sus entregas se rechazan. Un 404 o un 410 desactiva el webhook de inmediato.',
    },
  ],
  xero: [
    {
      en: '«Intent to receive» sends right and wrong signatures, and is answered as Xero expects: 200 and 401.',
      es: 'La «intent to receive» envía firmas correctas e incorrectas, y se responde como Xero espera: 200 y 401.',
    },
  ],
  zenpli: [
    {
      en: 'With an API key nothing is signed: use it to develop only.',
      es: 'Con una API key no se firma nada: úsala solo para desarrollar.',
    },
  ],
  zoom: [
    {
      en: 'Zoom validates the address again every 72 hours, which is answered.',
      es: 'Zoom valida la dirección otra vez cada 72 horas, y se le responde.',
    },
  ],
}
