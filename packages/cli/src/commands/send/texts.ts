import type { Translated } from '../../command/language.ts'

const en = {
  summary: 'sends an event as a provider does, or with a fault',
  description:
    "Signs an event as the provider does, with its documented sample and a fresh time, and posts it once; with --schedule it comes again as the provider comes again.\n\n--set lays values over the sample: --set montos.liquido=194062; what is JSON is taken as such, anything else as text. --fault does something wrong by name, as a sentence of a test would: tamperedBody, wrongSecret, staleTimestamp, duplicate=3; 'acuse send' with a name that there is not lists them. --count sends many different ones, --concurrency of them at once, at most --rate in a second. --handshake asks what the provider asks before it sends, and looks at the answer.\n\nThe exit code is 0 where everything was answered with a 2xx, also where it was sent with a fault, 1 where something was not, and 3 where there was no answer at all.",
  arguments: { provider: 'who sends', event: "its event: 'acuse providers NAME' lists them" },
  options: {
    to: 'where to post',
    set: 'lay a value over the sample',
    fault: 'do this wrong, such as tamperedBody or duplicate=3',
    count: 'how many different ones',
    concurrency: 'how many at once',
    rate: 'the most in a second',
    schedule: 'come again as the provider does',
    at: 'the time to sign (default: now)',
    handshake: 'ask what the provider asks before it sends',
  },
  missing: { to: 'Say where to: --to URL.', event: (names: string): string => `Say which event: ${names}.` },
  noEvent: (provider: string, event: string): string => `${provider} documents no event '${event}'.`,
  setGrammar: (given: string): string =>
    `--set ${given} is not written as name=value, such as montos.liquido=194062.`,
  noFault: (name: string): string => `There is no fault '${name}'.`,
  faults: (names: string): string => `There are: ${names}.`,
  onlyOne: '--at names the time of one event: leave out --count.',
  refused: (why: string): string => `It cannot be sent: ${why}`,
  attempt: (number: number, status: string, ms: number): string => `attempt ${number}: ${status}, ${ms} ms`,
  answer: (text: string): string => `answer: ${text}`,
  noAnswer: { timeout: 'no answer in time', network: 'no connection' },
  delivered: 'DELIVERED',
  notDelivered: 'NOT DELIVERED',
  sent: (sent: number, delivered: number, seconds: string): string =>
    `${sent} sent, ${delivered} delivered, in ${seconds} s`,
  latency: (p50: string, p95: string, p99: string): string =>
    `latency: p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`,
  sending: (count: number): string => `sending ${count}`,
  handshake: { right: 'answered right', wrong: (fault: string): string => `wrong: ${fault}` },
}

type Texts = typeof en

const es: Texts = {
  summary: 'envía un evento como un proveedor, o con una falla',
  description:
    "Firma un evento como lo hace el proveedor, con su ejemplo documentado y una hora nueva, y lo envía una vez; con --schedule vuelve como vuelve el proveedor.\n\n--set pone valores sobre el ejemplo: --set montos.liquido=194062; lo que es JSON se toma como tal, lo demás como texto. --fault hace algo mal por su nombre: tamperedBody, wrongSecret, staleTimestamp, duplicate=3; 'acuse send' con un nombre que no existe los lista. --count envía muchos distintos, --concurrency a la vez, a lo más --rate por segundo. --handshake pregunta lo que el proveedor pregunta antes de enviar, y mira la respuesta.\n\nEl código de salida es 0 si todo se respondió con 2xx, también lo enviado con una falla, 1 si algo no, y 3 si no hubo respuesta alguna.",
  arguments: { provider: 'quién envía', event: "su evento: 'acuse providers NOMBRE' los lista" },
  options: {
    to: 'a dónde enviar',
    set: 'poner un valor sobre el ejemplo',
    fault: 'hacer esto mal, como tamperedBody o duplicate=3',
    count: 'cuántos distintos',
    concurrency: 'cuántos a la vez',
    rate: 'cuántos a lo más por segundo',
    schedule: 'volver como vuelve el proveedor',
    at: 'la hora que se firma (por defecto, ahora)',
    handshake: 'preguntar lo que se pregunta antes de enviar',
  },
  missing: { to: 'Indique a dónde: --to URL.', event: (names) => `Indique qué evento: ${names}.` },
  noEvent: (provider, event) => `${provider} no documenta el evento '${event}'.`,
  setGrammar: (given) => `--set ${given} no tiene la forma nombre=valor, como montos.liquido=194062.`,
  noFault: (name) => `No existe la falla '${name}'.`,
  faults: (names) => `Existen: ${names}.`,
  onlyOne: '--at indica la hora de un evento: quite --count.',
  refused: (why) => `No se puede enviar: ${why}`,
  attempt: (number, status, ms) => `intento ${number}: ${status}, ${ms} ms`,
  answer: (text) => `respuesta: ${text}`,
  noAnswer: { timeout: 'sin respuesta a tiempo', network: 'sin conexión' },
  delivered: 'ENTREGADO',
  notDelivered: 'NO ENTREGADO',
  sent: (sent, delivered, seconds) => `${sent} enviados, ${delivered} entregados, en ${seconds} s`,
  latency: (p50, p95, p99) => `latencia: p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`,
  sending: (count) => `enviando ${count}`,
  handshake: { right: 'respuesta correcta', wrong: (fault) => `incorrecta: ${fault}` },
}

export const texts: Translated<Texts> = { en, es }
