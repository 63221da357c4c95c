import type { Phrases } from './phrases.ts'

/** The same phrases in Spanish. */
export const spanish: Phrases = {
  lead: (title) =>
    `Qué prueba una entrega de ${title}, qué la distingue de sus copias, cada cuánto vuelve y el código que la recibe.`,
  receive: 'Recibir',
  secret: (variable) => `El secreto se lee de \`${variable}\`.`,
  identifier: (variable) =>
    `\`${variable}\` no es un secreto: indica de quién son las entregas, y la clave se descarga del emisor.`,
  publicKey: (variable) =>
    `\`${variable}\` es la clave pública del emisor: comprueba entregas y no permite crear ninguna.`,
  mounted: (path, useFor) =>
    `Responde en \`${path}\`${useFor} y deja pasar todo lo demás. Móntalo antes de cualquier parser del cuerpo.`,
  facts: 'Cómo se verifica',
  proof: 'prueba',
  headers: 'está en',
  signs: 'lo firmado, en orden',
  sent: 'tal como se envía',
  path: 'ruta predeterminada',
  time: 'hora',
  idempotency: 'clave de idempotencia',
  batch: 'lote',
  handshake: 'handshake',
  answer: 'espera una respuesta',
  retries: 'reintenta durante',
  attempts: 'intentos de `@acuse/sender`',
  largest: 'cuerpo más grande',
  inQuery: 'la query de la dirección',
  inBody: 'el cuerpo',
  nothing: 'nada: la prueba es la clave misma',
  body: 'el cuerpo original',
  checksum: 'el CRC-32 del cuerpo',
  form: 'los campos ordenados del formulario',
  address: 'la dirección que se le dio al emisor',
  header: (name) => `header \`${name}\``,
  query: (name) => `\`${name}\` de la query`,
  field: (name) => `\`${name}\` del header de la firma`,
  ofBody: (name) => `\`${name}\` del cuerpo`,
  theBody: 'el cuerpo',
  optional: ' si viene',
  noTime: 'no se indica ninguna: solo las claves recordadas detienen una repetición',
  timeOf: {
    attempt: 'del intento; una copia más antigua que la tolerancia se rechaza',
    event: 'del evento; puede atrasarse tanto como se recuerdan las claves',
  },
  timeFromPayload: 'se lee del payload',
  timeMayMiss: 'puede faltar',
  bodyHash: 'el hash de lo firmado',
  computed: 'se calcula del payload firmado, según el tipo de evento',
  otherwise: 'si no',
  oneEvent: 'un evento por solicitud',
  items: (places) => `cada elemento de ${places} es un evento`,
  itemsAreBody: 'el cuerpo es una lista y cada elemento es un evento',
  none: 'ninguno',
  proven: { scheme: 'firmado', none: 'sin firma', token: 'con un token tuyo' },
  notDocumented: 'no está documentado: las claves se recuerdan 7 días',
  noRetry: 'no reintenta',
  once: 'uno',
  after: (waits) => `de inmediato y luego después de ${waits}`,
  asAsked: 'y más tarde si `Retry-After` lo pide',
  units: { day: 'día', days: 'días', hour: 'h', min: 'min', s: 's' },
  events: 'Eventos',
  anyName: 'Cualquier nombre es un evento. Un parámetro de tipo de la función da sus tipos a los payloads.',
  counted: (count) =>
    count === 1
      ? 'Hay un nombre tipado; uno mal escrito no compila.'
      : `Hay ${count} nombres tipados; uno mal escrito no compila, y el error propone los parecidos.`,
  list: 'Todos',
  send: 'Envíate uno',
  sendText: 'El comando firma un ejemplo documentado como lo hace el emisor, con la hora actual:',
  sendKey: (variable) =>
    `\`${variable}\` tiene la clave que firma: crea un par para tus pruebas, porque solo el emisor tiene la real.`,
  test: 'En una prueba que es un módulo ES, con los mismos datos:',
  watch: 'A qué prestar atención',
  warn: {
    key: '**La clave no firma nada.** Quien ve una solicitud puede crear otras: usa TLS y deja la clave fuera de los logs.',
    noTime:
      'Ninguna hora firmada distingue un intento de una repetición. Usa una bandeja que sobreviva al proceso, para que su memoria también lo haga.',
    unsignedType:
      'El tipo del evento está donde nada lo firma. No es parte de la clave de idempotencia, y una copia con otro tipo se rechaza como `type-conflict`.',
    thin: 'La entrega es un aviso. Dale a la función lo necesario para consultar la API, y el payload de tu handler es lo que la API responde.',
    sha1: 'La firma es HMAC con SHA-1, porque el emisor no ofrece nada más nuevo.',
    fetched:
      'La clave se descarga del emisor. Mientras no se pueda obtener, las entregas se responden con 503 y vuelven.',
    method:
      'Un handshake llega con otro método que POST: monta los webhooks con `app.use`, no con `app.post`.',
    form: 'Los campos se firman sin separadores, así que las copias se distinguen por todo lo firmado.',
    address:
      'La dirección va firmada: da `publicUrl` como la tiene el emisor, no como la ve tu servidor detrás de un proxy.',
    event:
      'La hora firmada es la del evento, así que una entrega atrasada igual se acepta. Usa una bandeja que sobreviva al proceso.',
  },
  documentation: (links) => `Lo que documenta el emisor, tal como se leyó: ${links}.`,
  seeAlso:
    '[Todos los proveedores](../providers.md) · [qué significa cada rechazo](../troubleshooting.md) · [qué significa un 200](../acknowledging.md)',
}
