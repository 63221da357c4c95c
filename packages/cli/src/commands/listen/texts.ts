import type { Translated } from '../../command/language.ts'

const en = {
  summary: 'a local receiver that shows each delivery',
  description:
    "Receives webhooks on this machine and shows each: the verdict, the event, headers and body, and why it was refused, by how many seconds it is stale.\n\nEach provider is at its own path, such as /webhooks/stripe, and at / where it is the only one. Without --provider anything is taken and shown, with whom it may come from by its headers. Handshakes are answered. The page at / shows the same in a browser.\n\n--fail, --fail-rate and --delay answer with errors and late on purpose: nothing is accepted then, so that the sender comes again. --forward passes a request on, byte for byte, and gives its answer back. What came is kept in a file, readable by you alone, for 'acuse replay'. SIGINT ends it with a summary and exit code 0.",
  arguments: {},
  options: {
    provider: 'who sends',
    port: '0: any',
    host: 'the address to listen at',
    forward: 'pass each request on, and its answer back',
    fail: 'answer this status on purpose',
    failRate: 'how many of them to fail, 0 to 1',
    delay: 'answer so much later',
    keep: 'the file that keeps what came',
  },
  listening: (url: string): string => `Listening at ${url}`,
  page: (url: string): string => `Shown in the browser at ${url}/`,
  anything: 'Anything is taken: give --provider to have it verified.',
  keptIn: (path: string): string => `Kept in ${path}`,
  exposed: (host: string): string =>
    `${host} is open to others than this machine: whoever reaches it sees what comes and can send.`,
  stop: 'Ctrl+C ends it.',
  verdicts: {
    accepted: 'ACCEPTED',
    duplicate: 'DUPLICATE',
    answered: 'HANDSHAKE ANSWERED',
    refused: 'REFUSED',
    shown: 'RECEIVED',
  },
  answered: (status: number, by: string, ms: number): string =>
    `answered ${status}${{ receiver: '', failure: ' on purpose', forward: ' by the forward' }[by] ?? ''} in ${ms} ms`,
  mayBe: (names: string): string => `By its headers it may come from: ${names}`,
  tooLarge: 'The body is larger than 16 MB.',
  unknownPath: 'Nothing is at this path.',
  forwardFailed: (why: string): string => `The forward gave no answer: ${why}`,
  notKept: (why: string): string => `It was not kept: ${why}`,
  binary: (bytes: number): string => `${bytes} bytes, no text`,
  cut: (bytes: number): string => `… ${bytes} bytes in all`,
  ended: (all: number, accepted: number, refused: number): string =>
    `${all} requests: ${accepted} accepted, ${refused} refused.`,
  samePath: (path: string): string => `Two providers have the path ${path}: listen to them one by one.`,
}

type Texts = typeof en

const es: Texts = {
  summary: 'un receptor local que muestra cada entrega',
  description:
    "Recibe webhooks en este equipo y muestra cada uno: el veredicto, el evento, headers y cuerpo, y por qué se rechazó, por cuántos segundos está vencido.\n\nCada proveedor está en su propia ruta, como /webhooks/stripe, y en / si es el único. Sin --provider se recibe y muestra cualquier cosa, con quién puede ser según sus headers. Los saludos se responden. La página en / muestra lo mismo en un navegador.\n\n--fail, --fail-rate y --delay responden con errores y tarde a propósito: entonces no se acepta nada, para que el remitente vuelva. --forward reenvía la solicitud, byte por byte, y devuelve su respuesta. Lo recibido queda en un archivo que solo usted puede leer, para 'acuse replay'. SIGINT termina con un resumen y código de salida 0.",
  arguments: {},
  options: {
    provider: 'quién envía',
    port: '0: cualquiera',
    host: 'la dirección donde escuchar',
    forward: 'reenvía cada solicitud y devuelve su respuesta',
    fail: 'responde este estado a propósito',
    failRate: 'qué parte de ellas falla, de 0 a 1',
    delay: 'responde con este atraso',
    keep: 'el archivo que guarda lo recibido',
  },
  listening: (url) => `Escuchando en ${url}`,
  page: (url) => `Se ve en el navegador en ${url}/`,
  anything: 'Se recibe cualquier cosa: indique --provider para verificarla.',
  keptIn: (path) => `Se guarda en ${path}`,
  exposed: (host) => `${host} está abierto a otros equipos: quien llegue ve lo que entra y puede enviar.`,
  stop: 'Ctrl+C termina.',
  verdicts: {
    accepted: 'ACEPTADA',
    duplicate: 'DUPLICADA',
    answered: 'SALUDO RESPONDIDO',
    refused: 'RECHAZADA',
    shown: 'RECIBIDA',
  },
  answered: (status, by, ms) =>
    `se respondió ${status}${{ receiver: '', failure: ' a propósito', forward: ' por el reenvío' }[by] ?? ''} en ${ms} ms`,
  mayBe: (names) => `Según sus headers puede venir de: ${names}`,
  tooLarge: 'El cuerpo pesa más de 16 MB.',
  unknownPath: 'No hay nada en esta ruta.',
  forwardFailed: (why) => `El reenvío no tuvo respuesta: ${why}`,
  notKept: (why) => `No se guardó: ${why}`,
  binary: (bytes) => `${bytes} bytes, no es texto`,
  cut: (bytes) => `… ${bytes} bytes en total`,
  ended: (all, accepted, refused) => `${all} solicitudes: ${accepted} aceptadas, ${refused} rechazadas.`,
  samePath: (path) => `Dos proveedores tienen la ruta ${path}: escúchelos de a uno.`,
}

export const texts: Translated<Texts> = { en, es }
