import type { Translated } from '../../command/language.ts'

const en = {
  summary: 'who sends: proofs, events, secrets',
  description:
    'Lists the senders that acuse knows, with their proof, how many events they document, whether a request may hold several, and the methods of the request that asks who you are. With a name: its events, when it tries again, the environment variable of its secret, and its options.\n\nA provider of your own is given to every command as the path of a module and the name of an export: --provider ./acme.js#acme.',
  arguments: { name: 'one of them' },
  options: {},
  columns: {
    name: 'name',
    sender: 'sender',
    proof: 'proof',
    events: 'events',
    batch: 'batch',
    handshake: 'handshake',
  },
  yours: 'yours',
  yes: 'yes',
  signs: 'signs',
  proof: 'proof',
  nothing: 'nothing',
  path: 'path',
  variableReceive: 'to receive',
  variableSend: 'to send',
  options_: 'options',
  retries: 'attempts',
  waits: 'waits for an answer',
  events: 'events',
  anyName: 'any name is an event',
}

type Texts = typeof en

const es: Texts = {
  summary: 'quién envía: pruebas, eventos, secretos',
  description:
    'Lista los remitentes que acuse conoce, con su prueba, cuántos eventos documentan, si una solicitud puede traer varios y los métodos de la solicitud que pregunta quién es usted. Con un nombre: sus eventos, cuándo reintenta, la variable de entorno de su secreto y sus opciones.\n\nUn proveedor propio se indica en cualquier comando con la ruta de un módulo y el nombre de un export: --provider ./acme.js#acme.',
  arguments: { name: 'uno de ellos' },
  options: {},
  columns: {
    name: 'nombre',
    sender: 'remitente',
    proof: 'prueba',
    events: 'eventos',
    batch: 'lote',
    handshake: 'saludo',
  },
  yours: 'suyos',
  yes: 'sí',
  signs: 'firma',
  proof: 'prueba',
  nothing: 'nada',
  path: 'ruta',
  variableReceive: 'para recibir',
  variableSend: 'para enviar',
  options_: 'opciones',
  retries: 'intentos',
  waits: 'espera una respuesta',
  events: 'eventos',
  anyName: 'cualquier nombre es un evento',
}

export const texts: Translated<Texts> = { en, es }
