import type { Translated } from '../../command/language.ts'

const en = {
  summary: "sends again what 'acuse listen' kept",
  description:
    "Sends requests that 'acuse listen' kept once more: the same method, headers and bytes, so that a signature fits as it did. A receiver that is sound says 200 to a duplicate, and runs nothing twice; to an old one it may say that it is stale.\n\nBy default the last one, to where it came.",
  arguments: {},
  options: {
    to: 'send them there (default: where each came)',
    last: 'how many of the last ones',
    id: 'that one, by its id',
    keep: "the file of 'acuse listen'",
  },
  line: (id: string, status: string, url: string): string => `${id}: ${status} ${url}`,
  noAnswer: (why: string): string => `no answer (${why})`,
  none: 'Nothing was kept that matches.',
}

type Texts = typeof en

const es: Texts = {
  summary: "vuelve a enviar lo que guardó 'acuse listen'",
  description:
    "Vuelve a enviar solicitudes que guardó 'acuse listen': el mismo método, los mismos headers y bytes, para que la firma calce como calzaba. Un receptor correcto responde 200 a un duplicado y no ejecuta nada dos veces; a uno antiguo puede responder que está vencido.\n\nPor defecto la última, a donde llegó.",
  arguments: {},
  options: {
    to: 'enviarlas ahí (por defecto, a donde llegó cada una)',
    last: 'cuántas de las últimas',
    id: 'esa, por su id',
    keep: "el archivo de 'acuse listen'",
  },
  line: (id, status, url) => `${id}: ${status} ${url}`,
  noAnswer: (why) => `sin respuesta (${why})`,
  none: 'No se guardó nada que coincida.',
}

export const texts: Translated<Texts> = { en, es }
