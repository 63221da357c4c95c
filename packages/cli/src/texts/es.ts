import type { SharedTexts } from './en.ts'

/** What all commands share, in Spanish. */
export const es: SharedTexts = {
  warning: 'aviso',
  error: 'error',
  usage: 'Uso',
  commands: 'Comandos',
  argumentsTitle: 'Argumentos',
  options: 'Opciones',
  globalOptions: 'En todos los comandos',
  examples: 'Ejemplos',
  exitCodesTitle: 'Códigos de salida',
  description: 'Descripción',
  name: 'Nombre',
  summary: 'Webhooks en la línea de comandos: verlos, enviarlos y saber por qué se rechazó uno.',
  more: (command) => `'acuse ${command} --help' explica cada comando.`,
  byDefault: (value) => `por defecto ${value}`,
  madeBy: 'La escribe `pnpm --filter @acuse/cli pages` a partir del código del comando.',
  globals: {
    json: 'responde en JSON; un flujo, un documento JSON por línea',
    lang: 'el idioma: en o es (por defecto, el del sistema)',
    help: 'esta ayuda',
    version: 'la versión',
  },
  exitCodes: {
    ok: 'todo bien',
    no: 'la respuesta es no: rechazado, no entregado, hay fallas, nada coincide',
    usage: 'mal uso: opción desconocida, falta el secreto, un archivo que no es lo que debe ser',
    unreachable: 'no se pudo llegar a algo: un endpoint, un almacén, un archivo',
    fault: 'una falla del propio acuse',
    interrupted: 'interrumpido',
  },
  badValue: (option, value) => `${option} no puede ser '${value}'.`,
  needs: {
    text: 'Indique un texto.',
    choice: (choices) => `Indique uno de estos: ${choices}.`,
    number: (min, max) =>
      max === undefined ? `Indique un número desde ${min}.` : `Indique un número entre ${min} y ${max}.`,
    duration: 'Indique un tiempo como 500ms, 35s, 2m, 1h o 7d.',
    url: 'Indique una dirección que empiece con http:// o https://.',
    time: 'Indique un instante como 2026-11-27T12:00:00Z, o segundos Unix.',
    timeOrAgo: 'Indique un instante como 2026-11-27T12:00:00Z, segundos Unix o un plazo como 2h: hace tanto.',
  },
  parsing: {
    unknownOption: (option) => `No existe la opción ${option}.`,
    unknownCommand: (command) => `No existe el comando '${command}'.`,
    missingArgument: (argument) => `Falta el argumento <${argument}>.`,
    missingValue: (option) => `La opción ${option} necesita un valor.`,
    excessArguments: 'Hay más argumentos de los que el comando acepta.',
    other: (message) => message,
    seeHelp: (command) => `Ver 'acuse ${command}--help'.`,
  },
  didYouMean: (names) => `¿Quiso decir ${names}?`,
  internal: (message) => `acuse tiene una falla: ${message}`,
  internalRemedy: 'Por favor, repórtela. Con ACUSE_DEBUG=1 se muestra la pila.',
  interrupted: 'interrumpido',
  secrets: {
    onCommandLine:
      '--secret queda en el historial de la terminal y en la lista de procesos. Use --secret-env o --secret-file.',
    missing: (provider, variable) =>
      `Falta el secreto de ${provider}: la variable de entorno ${variable} no está definida.`,
    missingRemedy: 'Defínala, o indique otra con --secret-env, o un archivo con --secret-file.',
    emptyFile: (path) => `El archivo ${path} está vacío.`,
    several: (names) =>
      `Hay varios proveedores: indique de cuál es el secreto, por ejemplo --secret-env ${names}=NOMBRE.`,
    kinds: {
      secret: 'secreto',
      'public-key': 'clave pública (PEM) para recibir, clave privada (PEM) para enviar',
      identifier: 'identificador para recibir, clave privada (PEM) para enviar',
    },
  },
  files: {
    notFound: (path) => `El archivo ${path} no existe.`,
    unreadable: (path, why) => `El archivo ${path} no se puede leer: ${why}.`,
    tooLarge: (path, megabytes) => `${path} pesa más de ${megabytes} MB.`,
    standardInput: 'la entrada estándar',
  },
  providers: {
    unknown: (name) => `No existe el proveedor '${name}'.`,
    unknownRemedy: "'acuse providers' los lista; uno propio se indica como ./acme.js#acme.",
    optionMissing: (provider, option, example) => `${provider} necesita --option ${option}=${example}.`,
    optionUnknown: (provider, option) => `${provider} no tiene la opción '${option}'.`,
    optionsKnown: (names) => (names === '' ? 'No tiene ninguna.' : `Tiene: ${names}.`),
    optionGrammar: (given) => `--option ${given} no tiene la forma nombre=valor.`,
    refused: (provider, why) => `No se puede crear ${provider}: ${why}`,
    notLoaded: (path, why) => `No se puede cargar ${path}: ${why}`,
    noExport: (path, name) => `${path} no exporta '${name}'.`,
    exports: (names) => `Exporta: ${names}.`,
    notAProvider: (name) =>
      `'${name}' no es un proveedor (lo que responde defineProvider) ni una función del secreto que responda uno.`,
  },
}
