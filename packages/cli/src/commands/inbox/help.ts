import type { HelpTexts } from '../../command/command.ts'
import type { Translated } from '../../command/language.ts'

type Name = 'group' | 'stats' | 'list' | 'show' | 'redrive' | 'discard' | 'replay' | 'export'
type Helps = Readonly<Record<Name, HelpTexts>>

const enInbox = 'sqlite:PATH, postgres:URL, bullmq:URL; else $INBOX'
const enOption = 'of the inbox, such as prefix=bull'
const enId = 'its id; behind -- where it begins with -'

const enFilters = {
  endpoint: 'only of this endpoint',
  provider: 'only of this provider',
  type: 'only of this type of event',
  reason: 'only those that died of this, such as stale',
  olderThan: 'only those that died longer ago, such as 2h',
  newerThan: 'only those that died since then, such as 2h',
}

const enReceived = {
  since: 'received then or later: a time, or 2h: so long ago',
  until: 'received before: a time, or 1h: so long ago',
}

const enChange = { dryRun: 'tells how many match, and changes nothing', yes: 'does not ask' }

const en: Helps = {
  group: {
    summary: 'what waits and what died; redrive, discard, replay',
    description:
      'Operates an inbox beside the service that works on it: SQLite, Postgres or BullMQ.\n\nNothing is handled by it, and no secret is needed. @acuse/sqlite, @acuse/postgres and @acuse/bullmq are taken from the project in which it runs, so that they are those of the service.\n\nWhat died is handled again by a redrive. What was handled is handled once more by a replay, where the inbox of the service keeps it: on SQLite and Postgres, with retain. To send the bytes of a delivery to another address would be of no use: its signature is not kept, and without one a receiver refuses them.\n\nThe address of an inbox may have a password: set INBOX, which stands neither in the history of your shell nor in the list of processes.',
    arguments: {},
    options: {},
  },
  stats: {
    summary: 'how many wait, run, are delayed and died, by provider and type',
    description: 'Counts deliveries by provider and type, and tells the age of the oldest.',
    arguments: {},
    options: { inbox: enInbox, option: enOption },
  },
  list: {
    summary: 'dead letters, or what is in another state, in pages',
    description:
      'Lists dead letters, oldest first, in pages.\n\nWith --state it lists what waits, runs, is delayed or was handled, newest first; --older-than and --newer-than are then of its receipt. What was handled is listed where the service keeps it: on SQLite and Postgres, with retain.',
    arguments: {},
    options: {
      inbox: enInbox,
      option: enOption,
      ...enFilters,
      state: 'what is in this state, instead of what died',
      limit: 'the most on a page',
      after: 'where an earlier page ended',
    },
  },
  show: {
    summary: 'one delivery, dead or not: body, headers, failures',
    description:
      'Shows a delivery in whatever state it is: its body, headers and failures, and how to redrive it where it is dead.',
    arguments: { id: enId },
    options: { inbox: enInbox, option: enOption },
  },
  redrive: {
    summary: 'puts dead letters back in the queue',
    description:
      'Puts dead letters back in the queue, their attempts counted anew.\n\nIt takes an id, filters, or --all; of many it asks first, and without a terminal it needs --yes. What dies after it began is left alone. Interrupted, it stops behind what it is at, and tells how many were put back.\n\nIt leaves room for what the service accepts meanwhile: it fills 80 % of maxDeliveries. Where the service has another number than 1 000 000, say so: --option maxDeliveries=50000.',
    arguments: { id: enId },
    options: {
      inbox: enInbox,
      option: enOption,
      ...enFilters,
      all: 'all dead letters',
      rate: 'at most so many in a second',
      ...enChange,
    },
  },
  discard: {
    summary: 'forgets dead letters for good',
    description:
      'Forgets dead letters for good; their idempotency keys are remembered.\n\nIt takes an id, filters, or --all; it asks first, and without a terminal it needs --yes. Export them before: nothing brings them back.',
    arguments: { id: enId },
    options: { inbox: enInbox, option: enOption, ...enFilters, all: 'all dead letters', ...enChange },
  },
  replay: {
    summary: 'has what was handled handled once more',
    description:
      'Puts handled deliveries back in the queue, in order of receipt.\n\nThe workers of the service handle each as the same event, with isReplay, and run all of its handlers. It needs an inbox on SQLite or Postgres whose service has retain: { bodiesForMs }.\n\nIt takes filters, or --all; it asks first, and without a terminal it needs --yes. What is received after it began is left alone. To count, for the question and for --dry-run, reads what is kept; with --yes it does not count.\n\nInterrupted, or where there is no room for more, it stops behind what it is at, and tells how many were put back, and the command that goes on there. In it, times stand for spans: the same filter is the same replay. --restart begins anew instead.\n\nIt leaves room for what the service accepts meanwhile: it fills 80 % of maxDeliveries. Where the service has another number than 1 000 000, say so: --option maxDeliveries=50000.',
    arguments: {},
    options: {
      inbox: enInbox,
      option: enOption,
      endpoint: enFilters.endpoint,
      provider: enFilters.provider,
      type: enFilters.type,
      ...enReceived,
      all: 'all that is kept',
      rate: 'at most so many in a second; default: 100',
      restart: 'begins anew where an earlier one was cut short',
      ...enChange,
    },
  },
  export: {
    summary: 'writes dead letters as NDJSON, byte for byte',
    description:
      'Writes dead letters as NDJSON, oldest first, with body, headers and failures.\n\nEach line has the body in base64 (bodyBase64), and as text where it is UTF-8 (bodyText). They are read one after the other: memory does not grow with their number. A file is made for this user only, and is there when it is complete; nothing is written over.\n\n--handled writes the event log instead: what was handled and is kept, in order of receipt, as the import of an inbox takes it.',
    arguments: { id: enId },
    options: {
      inbox: enInbox,
      option: enOption,
      ...enFilters,
      handled: 'what was handled instead of what died',
      ...enReceived,
      output: 'where to; default: standard output',
    },
  },
}

const esInbox = 'sqlite:RUTA, postgres:URL, bullmq:URL; si no, $INBOX'
const esOption = 'de la bandeja: prefix=bull'
const esId = 'su id; detrás de -- si empieza con -'

const esFilters = {
  endpoint: 'solo de este endpoint',
  provider: 'solo de este proveedor',
  type: 'solo de este tipo de evento',
  reason: 'solo las que murieron por esto, por ejemplo stale',
  olderThan: 'solo las que murieron hace más, por ejemplo 2h',
  newerThan: 'solo las que murieron desde entonces, por ejemplo 2h',
}

const esReceived = {
  since: 'recibidas desde entonces: una hora, o 2h: hace tanto',
  until: 'recibidas antes: una hora, o 1h: hace tanto',
}

const esChange = { dryRun: 'dice cuántas coinciden y no cambia nada', yes: 'no pregunta' }

const es: Helps = {
  group: {
    summary: 'lo que espera y lo que murió; reencolar, descartar',
    description:
      'Opera una bandeja junto al servicio que trabaja con ella: SQLite, Postgres o BullMQ.\n\nNo procesa nada y no necesita ningún secreto. @acuse/sqlite, @acuse/postgres y @acuse/bullmq se toman del proyecto en que se ejecuta, para que sean los del servicio.\n\nLo que murió se vuelve a procesar al reencolarlo. Lo ya procesado se procesa otra vez con replay, si la bandeja del servicio lo conserva: en SQLite y Postgres, con retain. Enviar los bytes de una entrega a otra dirección no serviría: su firma no se conserva, y sin firma un receptor los rechaza.\n\nLa dirección de una bandeja puede tener una contraseña: defina INBOX, que no queda en el historial de la terminal ni en la lista de procesos.',
    arguments: {},
    options: {},
  },
  stats: {
    summary: 'cuántas esperan, corren, se aplazaron y murieron, por tipo',
    description: 'Cuenta entregas por proveedor y tipo, y dice la edad de la más antigua.',
    arguments: {},
    options: { inbox: esInbox, option: esOption },
  },
  list: {
    summary: 'las cartas muertas, u otro estado, por páginas',
    description:
      'Lista las cartas muertas, desde la más antigua, por páginas.\n\nCon --state lista lo que espera, está en curso, se aplazó o se procesó, desde lo más nuevo; --older-than y --newer-than son entonces de su llegada. Lo procesado se lista si el servicio lo conserva: en SQLite y Postgres, con retain.',
    arguments: {},
    options: {
      inbox: esInbox,
      option: esOption,
      ...esFilters,
      state: 'lo que está en este estado, en vez de lo que murió',
      limit: 'cuántas por página',
      after: 'donde terminó otra página',
    },
  },
  show: {
    summary: 'una entrega, muerta o no: cuerpo, cabeceras, fallas',
    description:
      'Muestra una entrega en cualquier estado: cuerpo, cabeceras y fallas, y cómo reencolarla si está muerta.',
    arguments: { id: esId },
    options: { inbox: esInbox, option: esOption },
  },
  redrive: {
    summary: 'devuelve cartas muertas a la cola',
    description:
      'Devuelve cartas muertas a la cola, con sus intentos contados de nuevo.\n\nToma un id, filtros o --all; si son muchas pregunta antes, y sin terminal necesita --yes. Lo que muere después de empezar queda como está. Si se interrumpe, termina lo que está haciendo y dice cuántas se reencolaron.\n\nDeja lugar para lo que el servicio acepta mientras tanto: llena el 80 % de maxDeliveries. Si el servicio tiene otro número que 1 000 000, indíquelo: --option maxDeliveries=50000.',
    arguments: { id: esId },
    options: {
      inbox: esInbox,
      option: esOption,
      ...esFilters,
      all: 'todas',
      rate: 'a lo más tantas por segundo',
      ...esChange,
    },
  },
  discard: {
    summary: 'olvida cartas muertas para siempre',
    description:
      'Olvida cartas muertas para siempre; sus claves de idempotencia se recuerdan.\n\nToma un id, filtros o --all; pregunta antes, y sin terminal necesita --yes. Expórtelas antes: nada las trae de vuelta.',
    arguments: { id: esId },
    options: { inbox: esInbox, option: esOption, ...esFilters, all: 'todas', ...esChange },
  },
  replay: {
    summary: 'hace procesar otra vez lo ya procesado',
    description:
      'Devuelve entregas ya procesadas a la cola, en orden de llegada.\n\nLos procesos del servicio tratan cada una como el mismo evento, con isReplay, y ejecutan todos sus handlers. Necesita una bandeja en SQLite o Postgres cuyo servicio tenga retain: { bodiesForMs }.\n\nToma filtros o --all; pregunta antes, y sin terminal necesita --yes. Lo que llega después de empezar queda como está. Contar, para la pregunta y para --dry-run, lee lo conservado; con --yes no cuenta.\n\nSi se interrumpe, o si no hay lugar para más, termina lo que está haciendo y dice cuántas devolvió y el comando que sigue desde ahí. En él las horas reemplazan a los plazos: el mismo filtro es la misma reproducción. --restart empieza de nuevo.\n\nDeja lugar para lo que el servicio acepta mientras tanto: llena el 80 % de maxDeliveries. Si el servicio tiene otro número que 1 000 000, indíquelo: --option maxDeliveries=50000.',
    arguments: {},
    options: {
      inbox: esInbox,
      option: esOption,
      endpoint: esFilters.endpoint,
      provider: esFilters.provider,
      type: esFilters.type,
      ...esReceived,
      all: 'todo lo conservado',
      rate: 'a lo más tantas por segundo; por defecto: 100',
      restart: 'empieza de nuevo si otra quedó a medias',
      ...esChange,
    },
  },
  export: {
    summary: 'escribe cartas muertas en NDJSON, byte por byte',
    description:
      'Escribe cartas muertas en NDJSON, con cuerpo, cabeceras y fallas.\n\nCada línea tiene el cuerpo en base64 (bodyBase64), y como texto si es UTF-8 (bodyText). Se leen una tras otra: la memoria no crece con su número. El archivo se crea solo para este usuario y está cuando está completo; no se sobrescribe nada.\n\n--handled escribe en cambio lo ya procesado que se conserva, en orden de llegada, como lo toma el import de una bandeja.',
    arguments: { id: esId },
    options: {
      inbox: esInbox,
      option: esOption,
      ...esFilters,
      handled: 'lo procesado en vez de lo que murió',
      ...esReceived,
      output: 'dónde; por defecto, la salida estándar',
    },
  },
}

/** The help of `acuse inbox` or of one below it, in each language. */
export function helpOf(name: Name): Translated<HelpTexts> {
  return { en: en[name], es: es[name] }
}
