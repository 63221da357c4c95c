import type { Translated } from '../../command/language.ts'

const en = {
  summary: 'what a running receiver does wrong',
  description:
    'Sends a running endpoint every fault there is, and says what it does wrong, with the remedy. It works on any receiver in any language.\n\nThe endpoint gets over a hundred requests, forged ones among them: never point it at production. What needs to see effects is looked at where --effect-file or --effect-url shows them: a line, or an element of a list, for each effect, with the id or the payload of its event. What needs crashes is looked at with --start: the doctor starts the receiver with a shell, kills it with SIGKILL around its answers, starts it again, and looks whether what was acknowledged happened, and only once. What was not looked at is said, and never counts as passed.\n\nThe score is the weight of the checks that passed in that of those that were looked at: critical 10, high 5, medium 3, low 1. docs/doctor.md lists them all.',
  arguments: { url: 'where the receiver listens' },
  options: {
    provider: 'the sender to speak as',
    event: 'an event that it is to get; default all',
    effectFile: 'file that gets a line for each effect',
    effectUrl: 'address that answers a count or a list of effects',
    start: 'command that starts the receiver, to be killed',
    patience: 'longest wait for effects and slow bodies',
  },
  missingProvider: 'The option --provider is missing.',
  missingProviderRemedy: "Name the sender that the receiver listens to: 'acuse providers' lists them.",
  twoChannels: '--effect-file and --effect-url cannot be used together.',
  oneChannel: 'Give one of them.',
}

type Texts = typeof en

const es: Texts = {
  summary: 'lo que un receptor en marcha hace mal',
  description:
    'Envía a un receptor en marcha todas las fallas que hay, y dice lo que hace mal, con el remedio. Sirve para cualquier receptor en cualquier lenguaje.\n\nLa dirección recibe más de cien solicitudes, algunas falsificadas: nunca apunte a producción. Lo que requiere ver efectos se examina donde --effect-file o --effect-url los muestra: una línea, o un elemento de una lista, por cada efecto, con el id o el contenido de su evento. Lo que requiere caídas se examina con --start: el doctor inicia el receptor con un shell, lo mata con SIGKILL alrededor de sus respuestas, lo inicia de nuevo, y mira si lo acusado ocurrió, y una sola vez. Lo que no se examinó se dice, y nunca cuenta como aprobado.\n\nEl puntaje es el peso de los exámenes que pasan en el de los examinados: crítica 10, alta 5, media 3, baja 1. docs/doctor.md los lista todos.',
  arguments: { url: 'dónde escucha el receptor' },
  options: {
    provider: 'el remitente por el que habla',
    event: 'un evento que recibirá; si no, todos',
    effectFile: 'archivo con una línea por efecto',
    effectUrl: 'dirección que da la cuenta o lista de efectos',
    start: 'comando que inicia el receptor, que se matará',
    patience: 'espera máxima de efectos y cuerpos',
  },
  missingProvider: 'Falta la opción --provider.',
  missingProviderRemedy: "Nombre el remitente que el receptor escucha: 'acuse providers' los lista.",
  twoChannels: '--effect-file y --effect-url no se pueden usar juntas.',
  oneChannel: 'Indique una de ellas.',
}

export const texts: Translated<Texts> = { en, es }
