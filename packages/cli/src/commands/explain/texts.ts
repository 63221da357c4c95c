import type { Translated } from '../../command/language.ts'

const en = {
  summary: 'why a captured request is refused, with evidence',
  description:
    "Says why a receiver refuses a request that was captured, with evidence: by how many seconds it is stale, which other key fits, what changed on the way.\n\nThe capture may be a command line of curl, what curl -v printed, a HAR, JSON ({ method, url, headers, body } with bodyBase64 where bytes count), NDJSON as captureFile of @acuse/core writes it, or an HTTP request as it goes over the wire; its content tells which. '-' is standard input. Several requests are explained one by one.\n\nIt explains a request as of the capture's own time, where that is known, or else as of now; --at says another. Where the capture has no body, such as that of curl -v, --body gives it. --other name=env:NAME and --other name=file:PATH name other secrets that it may have been signed with.",
  arguments: { capture: "a file, or '-'" },
  options: {
    provider: 'who sent it',
    other: 'another secret to try; or NAME=file:PATH',
    at: "explain it as of then, not as of the capture's time",
    body: 'the body, where the capture has none',
  },
  formatIs: (format: string): string => format,
  bytes: (count: number, sha256: string): string => `${count} bytes, SHA-256 ${sha256}`,
  asOf: (at: string, source: 'option' | 'capture' | 'now'): string =>
    `as of ${at} (${{ option: '--at', capture: "the capture's time", now: 'now' }[source]})`,
  passed: 'PASSED: the receiver takes it to its inbox.',
  refused: (status: number, code: string): string => `REFUSED ${status} ${code}`,
  notJudged: 'NOT JUDGED: what proves it was taken out of the capture.',
  refusedWith: (code: string): string => `The receiver refused it with ${code}.`,
  see: (where: string): string => `See ${where}`,
  summaryOf: (all: number, refused: number): string =>
    `${all} requests: ${refused} refused, ${all - refused} passed`,
  providerMissing: 'Say who sent it: --provider NAME.',
  otherGrammar: (given: string): string =>
    `--other ${given} is not written as name=env:NAME or name=file:PATH.`,
  tolerance: 'as with the window of a receiver whose inbox is volatile',
  notes: {
    'body-missing':
      'The capture has no body. Give it with --body, or capture it another way: curl -v never shows it.',
    'body-not-exact':
      'The capture holds the body as text, and not all of its bytes: a signature over it cannot fit. Capture it with bodyBase64, or as raw HTTP.',
    'body-parsed':
      'The capture holds a parsed body, printed again here: a signature over its bytes may not fit.',
    'body-cut': 'The capture holds only the beginning of the body: a signature over it cannot fit.',
    'body-length':
      'The body is not as long as its Content-Length says: the capture changed it, or something on the way did.',
    redacted: 'Values were taken out of the capture.',
  },
  faults: {
    unknown: 'It is no captured request that is known.',
    malformed: 'It begins as a captured request and cannot be read.',
    empty: 'There is no request in it.',
    'not-supported': 'It names what cannot be followed.',
  },
  faultRemedy:
    'Give a command line of curl, the output of curl -v, a HAR, JSON with method, url, headers and body, or an HTTP request that begins with its request line, such as POST /webhooks/stripe HTTP/1.1.',
}

type Texts = typeof en

const es: Texts = {
  summary: 'por qué se rechaza una solicitud capturada, con evidencia',
  description:
    "Dice por qué un receptor rechaza una solicitud capturada, con evidencia: por cuántos segundos está vencida, qué otra clave calza, qué cambió en el camino.\n\nLa captura puede ser una línea de comando de curl, lo que imprimió curl -v, un HAR, JSON ({ method, url, headers, body }, con bodyBase64 si importan los bytes), NDJSON como lo escribe captureFile de @acuse/core, o una solicitud HTTP tal como viaja; se reconoce por su contenido. '-' es la entrada estándar. Varias solicitudes se explican una por una.\n\nSe explica al momento de la captura, si se conoce, o si no, ahora; --at indica otro. Si la captura no trae cuerpo, como la de curl -v, --body lo entrega. --other nombre=env:NOMBRE y --other nombre=file:RUTA indican otros secretos con que pudo firmarse.",
  arguments: { capture: "un archivo, o '-'" },
  options: {
    provider: 'quién la envió',
    other: 'otro secreto que probar; o NAME=file:PATH',
    at: 'explicarla en ese momento, no en el de la captura',
    body: 'el cuerpo, si la captura no lo trae',
  },
  formatIs: (format) =>
    ({ 'curl command': 'comando de curl', 'raw HTTP': 'HTTP tal como viaja' })[format] ?? format,
  bytes: (count, sha256) => `${count} bytes, SHA-256 ${sha256}`,
  asOf: (at, source) =>
    `al ${at} (${{ option: '--at', capture: 'el momento de la captura', now: 'ahora' }[source]})`,
  passed: 'ACEPTADA: el receptor la lleva a su bandeja.',
  refused: (status, code) => `RECHAZADA ${status} ${code}`,
  notJudged: 'SIN JUICIO: lo que la prueba se quitó de la captura.',
  refusedWith: (code) => `El receptor la rechazó con ${code}.`,
  see: (where) => `Ver ${where}`,
  summaryOf: (all, refused) => `${all} solicitudes: ${refused} rechazadas, ${all - refused} aceptadas`,
  providerMissing: 'Indique quién la envió: --provider NOMBRE.',
  otherGrammar: (given) => `--other ${given} no tiene la forma nombre=env:NOMBRE o nombre=file:RUTA.`,
  tolerance: 'con la ventana de un receptor cuya bandeja es volátil',
  notes: {
    'body-missing':
      'La captura no trae cuerpo. Entréguelo con --body, o capture de otra forma: curl -v nunca lo muestra.',
    'body-not-exact':
      'La captura trae el cuerpo como texto, y no todos sus bytes: una firma no puede calzar. Captúrelo con bodyBase64, o como HTTP tal como viaja.',
    'body-parsed':
      'La captura trae el cuerpo ya interpretado, y aquí se volvió a escribir: una firma sobre sus bytes puede no calzar.',
    'body-cut': 'La captura trae solo el comienzo del cuerpo: una firma no puede calzar.',
    'body-length':
      'El cuerpo no mide lo que dice su Content-Length: lo cambió la captura, o algo en el camino.',
    redacted: 'Se quitaron valores de la captura.',
  },
  faults: {
    unknown: 'No es una solicitud capturada que se conozca.',
    malformed: 'Empieza como una solicitud capturada y no se puede leer.',
    empty: 'No hay ninguna solicitud.',
    'not-supported': 'Indica algo que no se puede seguir.',
  },
  faultRemedy:
    'Entregue una línea de comando de curl, la salida de curl -v, un HAR, JSON con method, url, headers y body, o una solicitud HTTP que empiece con su primera línea, como POST /webhooks/stripe HTTP/1.1.',
}

export const texts: Translated<Texts> = { en, es }
