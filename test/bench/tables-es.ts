/** What the tables of docs/performance.md say in words, in Spanish; names of figures stay as they are in the results. */
const phrases: readonly (readonly [english: RegExp, spanish: string])[] = [
  [/^goal$/, 'meta'],
  [/^bound$/, 'límite'],
  [/^measured$/, 'medido'],
  [/^verifies$/, 'verifica'],
  [/^in process$/, 'en el proceso'],
  [/^128 connections$/, '128 conexiones'],
  [/^p50; p99 in ms$/, 'p50; p99 en ms'],
  [/^figure$/, 'cifra'],
  [/^median$/, 'mediana'],
  [/^disturbed$/, 'perturbada'],
  [/^met$/, 'cumplida'],
  [/^short by (\d+ %)$/, 'falta $1'],
  [/^not measured$/, 'no medida'],
  [/^([\d ]+) events$/, '$1 eventos'],
  [/^([\d ]+) per second$/, '$1 por segundo'],
  [/^([\d. ]+) ms of CPU$/, '$1 ms de CPU'],
  [/^verify (436 B|RSA-2048) against the floor$/, 'verificar $1 contra el mínimo'],
  [/^(octokit|stripe|svix|tern) against ours, 436 B$/, '$1 contra el nuestro, 436 B'],
  [/^receive in process against the floor$/, 'receive en el proceso contra el mínimo'],
  [
    /^handle, microseconds beyond schema and handler$/,
    'handle, microsegundos más allá del esquema y el handler',
  ],
  [
    /^(express \d|fastify|hono|node:http), memory against (.*)$/,
    '$1, memoria contra $2', // what it is compared with is below
  ],
  [
    /^SQLite against ours volatile, Fastify at 128 connections$/,
    'SQLite contra el nuestro volátil, Fastify con 128 conexiones',
  ],
  [
    /^Fastify with SQLite against Express 5 with Redcumbre's snippet and no durability$/,
    'Fastify con SQLite contra Express 5 con el ejemplo de Redcumbre y sin durabilidad',
  ],
  [
    /^Fastify under OpenTelemetry, exporters that do nothing: with @acuse\/otel against without$/,
    'Fastify con OpenTelemetry, exportadores que no hacen nada: con @acuse/otel contra sin él',
  ],
  [
    /^a forged request's CPU beyond verify against the framework's 404$/,
    'CPU de una solicitud falsificada más allá de verificar contra el 404 del framework',
  ],
  [
    /^sustained rate of (\w+), door and worker in one process, per second$/,
    'ritmo sostenido de $1, recepción y worker en un proceso, por segundo',
  ],
  [/^p99 of a durable ack at ([\d ]+)\/s, ms$/, 'p99 de una confirmación durable a $1/s, ms'],
  [/^the worker alone on SQLite, events per second$/, 'el worker solo en SQLite, eventos por segundo'],
  [
    /^the worker alone on BullMQ against a bare BullMQ worker, concurrency (\d+)$/,
    'el worker solo en BullMQ contra un worker de BullMQ sin nada más, concurrencia $1',
  ],
  [
    /^accepts of SQLite against a bare append, (\d+) callers$/,
    'accepts de SQLite contra un append sin nada más, llamadas simultáneas: $1',
  ],
  [
    /^bytes of an idempotency key remembered in process$/,
    'bytes de una clave de idempotencia recordada en el proceso',
  ],
  [
    /^longest pause of the event loop at a full memory, ms$/,
    'pausa más larga del event loop con la memoria llena, ms',
  ],
  [
    /^cold start beyond the bare framework, ms of CPU$/,
    'arranque en frío más allá del framework sin nada más, ms de CPU',
  ],
  [/^bundle of core, KiB gzip$/, 'bundle de core, KiB gzip'],
  [
    /^bundle of a fetch handler with one provider, KiB gzip$/,
    'bundle de un handler fetch con un proveedor, KiB gzip',
  ],
  [/Redcumbre's snippet$/, 'el ejemplo de Redcumbre'],
  [/verified by hand$/, 'verificar a mano'],
  [/by hand with equal duties$/, 'a mano con iguales deberes'],
  [/^Not measured in this run\.$/, 'No medido en esta corrida.'],
  [/, long form, /, ', forma larga, '],
  [/, quick form, /, ', forma rápida, '],
  [/^(Node .*), seed (\d+), /, '$1, semilla $2, '],
]

/** A table, or the line of the run, in Spanish: cell by cell. */
export function inSpanish(text: string): string {
  return text
    .split('\n')
    .map((line) => (line.startsWith('|') ? line.split(' | ').map(cellInSpanish).join(' | ') : say(line)))
    .join('\n')
}

function cellInSpanish(cell: string): string {
  const [, before = '', words = '', after = ''] = /^(\|? *)(.*?)( *\|?)$/.exec(cell) ?? []
  return `${before}${say(words)}${after}`
}

/** The snippet of Redcumbre is also the name of a row, which stays. */
function say(words: string): string {
  if (words === "Redcumbre's snippet") return words
  return phrases.reduce((text, [english, spanish]) => text.replace(english, spanish), words)
}
