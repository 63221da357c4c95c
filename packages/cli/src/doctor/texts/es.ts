import type { words as english } from './en.ts'

/** The same in Spanish. */
export const words: typeof english = {
  severities: { critical: 'crítica', high: 'alta', medium: 'media', low: 'baja' },
  results: {
    passed: 'pasa',
    finding: 'HALLAZGO',
    'not-looked-at': 'no examinado',
    'does-not-apply': 'no aplica',
  },
  reasons: {
    effects: 'requiere --effect-file o --effect-url',
    start: 'requiere --start',
    output: 'requiere --start',
    unreachable: 'el receptor ya no estaba',
    unless: (code) => `no se distingue de ${code}`,
    failed: (message) => `no se pudo hacer: ${message}`,
  },
  columns: {
    result: 'resultado',
    severity: 'gravedad',
    check: 'examen',
    what: 'se busca: un receptor que',
  },
  sent: 'enviado',
  came: 'llegó',
  means: 'significa',
  remedy: 'remedio',
  cameStatus: (status, ms) => (ms === undefined ? `${status}` : `${status} tras ${ms} ms`),
  cameTimeout: (ms) => `ninguna respuesta en ${ms ?? 0} ms`,
  cameNetwork: 'la conexión se cortó sin respuesta',
  cameRuns: (runs) =>
    runs === 1 ? 'se ejecutó una vez' : runs === 0 ? 'nunca se ejecutó' : `se ejecutó ${runs} veces`,
  score: (score, passed, lookedAt) => `Puntaje ${score} de 100: pasa ${passed} de ${lookedAt} exámenes.`,
  notLookedAt: (count) => `${count} no se examinaron; no cuentan.`,
  doNotApply: (count) => `${count} no aplican a este remitente.`,
  of: (requests, seconds) => `${requests} solicitudes en ${seconds} s`,
  checking: (at, of, code) => `${at}/${of} ${code}`,
  unreachable: (url) => `Nadie escucha en ${url}.`,
  unreachableRemedy: 'Inicie el receptor, o deje que el doctor lo inicie: --start "node server.js".',
  notStarted: (command) => `'${command}' no escuchó en la dirección en 30 s.`,
  notStartedRemedy: 'Debe escuchar en el puerto de la dirección y no terminar. Lo último que imprimió:',
  notLocal: (host) =>
    `${host} recibe más de cien solicitudes, unas falsificadas y otras auténticas. Nunca lo haga con producción.`,
  alreadyThere: (url) => `Ya hay alguien que escucha en ${url}.`,
  alreadyThereRemedy:
    'Con --start el doctor inicia el receptor él mismo, para matarlo: detenga el que corre.',
  cannotSend: (message) => `No se puede hablar por este remitente: ${message}`,
}
