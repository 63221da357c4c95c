import type { Finding, Findings } from '@acuse/core'
import type { Translated } from '../../command/language.ts'

/** What is said of a finding, and what to do about it. */
export interface Said {
  readonly evidence: string
  readonly remedy: string
}

const en = {
  header: ({ kind, header }: Findings.HeaderFinding): Said => {
    const says = {
      'header-missing': 'is missing',
      'header-repeated': 'stands more than once',
      'header-malformed': 'is not written as the provider documents it',
      'header-mismatch': 'does not repeat the signed field',
    }
    const remedies = {
      'header-missing':
        'Look for a proxy that drops it, and whether a secret is set at the sender: without one it may not sign.',
      'header-repeated': 'Look for a proxy that adds one.',
      'header-malformed':
        'Compare it with the documentation of the sender: encoding, prefix, quotation marks.',
      'header-mismatch': 'Ask the sender; a body that was captured may be replayed under another header.',
    }
    return { evidence: `The header ${header} ${says[kind]}.`, remedy: remedies[kind] }
  },
  value: ({ place, name }: Findings.ValueFinding): Said => ({
    evidence: `The value '${name}' (${place === 'field' ? 'in the header of the signature' : `in the ${place}`}) is missing, stands twice, or is written another way.`,
    remedy: 'Look for a proxy that drops or rewrites it.',
  }),
  signature: ({ kind, expected, found }: Findings.SignatureFinding): Said => ({
    evidence: `The signature fits with another ${signatureWords.en[kind]}: expected ${shown(expected, 'none')}, found ${shown(found, 'none')}.`,
    remedy: 'Set it as the sender documents it, or have the sender use the documented one.',
  }),
  surrounded: ({ header, before, after }: Findings.SurroundingFinding): Said => ({
    evidence: `The header ${header} holds a good signature, with ${shown(before, 'nothing')} before it and ${shown(after, 'nothing')} after it.`,
    remedy: 'Ask the sender, or look for a proxy that adds it.',
  }),
  secret: ({ found }: Findings.SecretFinding): Said => ({
    evidence: `The signature fits when the secret is taken for other bytes: ${found}.`,
    remedy:
      found === 'line-break' || found === 'quotes'
        ? 'The sender has the secret with a line break at its end, or in quotation marks: mend it there.'
        : 'Give the secret as the sender takes it: its text as shown, or the bytes that the text encodes.',
  }),
  otherKey: ({ keyId }: Findings.KeyFinding): Said => ({
    evidence: `It was signed with the key '${keyId}'.`,
    remedy: 'Use that key, or give both while one replaces the other.',
  }),
  body: ({ kind, fitsWhen }: Findings.BodyFinding): Said => ({
    evidence: {
      'body-reencoded': `The signature fits when the JSON is printed again (${fitsWhen === 'compact' ? 'without blanks' : 'indented'}): something parsed it and wrote it anew.`,
      'body-newline': `The signature fits when a line break is ${fitsWhen} at the end of the body.`,
      'body-bom': `The signature fits when a byte order mark is ${fitsWhen} at the start of the body.`,
    }[kind],
    remedy:
      kind === 'body-reencoded'
        ? 'Mount the receiver before body parsers, and verify the raw bytes.'
        : 'Look for a proxy, or an editor, that changes bodies.',
  }),
  clock: ({ seconds }: Findings.ClockFinding): Said => ({
    evidence: `The signed time is ${Math.abs(seconds)} s in the ${seconds < 0 ? 'past' : 'future'}.`,
    remedy: 'Synchronise the clocks; where the sender is late by design, widen tolerance.',
  }),
  time: ({ expected, found }: Findings.TimeFinding): Said => ({
    evidence: `The time is written another way: expected ${expected}, found ${found}.`,
    remedy: 'Set time.format as the sender writes it.',
  }),
  plain: ({ kind, detail }: Findings.PlainFinding): Said => ({
    evidence: {
      unexplained: `Nothing that is tried here fits. ${detail}`.trim(),
      'time-missing': 'It states no time, and one is required.',
      'request-refused': `Refused before any proof was looked at: ${detail}.`,
    }[kind],
    remedy: {
      unexplained:
        "Compare the secret with the sender's, and the body's SHA-256 with the sender's log. Try other secrets with --other name=env:NAME.",
      'time-missing': 'Ask the sender.',
      'request-refused': 'See the entry of the code.',
    }[kind],
  }),
}

type Texts = typeof en

const es: Texts = {
  header: ({ kind, header }) => {
    const says = {
      'header-missing': 'falta',
      'header-repeated': 'viene más de una vez',
      'header-malformed': 'no está escrito como lo documenta el proveedor',
      'header-mismatch': 'no repite el campo firmado',
    }
    const remedies = {
      'header-missing':
        'Busque un proxy que lo elimine, y revise que el remitente tenga un secreto: sin él puede que no firme.',
      'header-repeated': 'Busque un proxy que agregue uno.',
      'header-malformed': 'Compárelo con la documentación del remitente: codificación, prefijo, comillas.',
      'header-mismatch': 'Consulte al remitente; un cuerpo capturado puede reenviarse con otro header.',
    }
    return { evidence: `El header ${header} ${says[kind]}.`, remedy: remedies[kind] }
  },
  value: ({ place, name }) => ({
    evidence: `El valor '${name}' (${{ query: 'en la query', body: 'en el cuerpo', field: 'en el header de la firma' }[place]}) falta, viene dos veces o está escrito de otra forma.`,
    remedy: 'Busque un proxy que lo elimine o lo reescriba.',
  }),
  signature: ({ kind, expected, found }) => ({
    evidence: `La firma calza con ${signatureWords.es[kind]}: se esperaba ${shown(expected, 'nada')}, se encontró ${shown(found, 'nada')}.`,
    remedy: 'Configúrelo como lo documenta el remitente, o pídale que use lo documentado.',
  }),
  surrounded: ({ header, before, after }) => ({
    evidence: `El header ${header} trae una firma correcta, con ${shown(before, 'nada')} antes y ${shown(after, 'nada')} después.`,
    remedy: 'Consulte al remitente, o busque un proxy que lo agregue.',
  }),
  secret: ({ found }) => ({
    evidence: `La firma calza si el secreto se toma como otros bytes: ${found}.`,
    remedy:
      found === 'line-break' || found === 'quotes'
        ? 'El remitente tiene el secreto con un salto de línea al final, o entre comillas: corríjalo allá.'
        : 'Entregue el secreto como lo toma el remitente: el texto tal cual, o los bytes que ese texto codifica.',
  }),
  otherKey: ({ keyId }) => ({
    evidence: `Se firmó con la clave '${keyId}'.`,
    remedy: 'Use esa clave, o entregue ambas mientras una reemplaza a la otra.',
  }),
  body: ({ kind, fitsWhen }) => ({
    evidence: {
      'body-reencoded': `La firma calza si el JSON se vuelve a escribir (${fitsWhen === 'compact' ? 'sin espacios' : 'con sangría'}): algo lo leyó y lo escribió de nuevo.`,
      'body-newline': `La firma calza si al final del cuerpo se ${fitsWhen === 'added' ? 'agrega' : 'quita'} un salto de línea.`,
      'body-bom': `La firma calza si al inicio del cuerpo se ${fitsWhen === 'added' ? 'agrega' : 'quita'} una marca de orden de bytes.`,
    }[kind],
    remedy:
      kind === 'body-reencoded'
        ? 'Monte el receptor antes de los parsers de cuerpo y verifique los bytes originales.'
        : 'Busque un proxy, o un editor, que modifique los cuerpos.',
  }),
  clock: ({ seconds }) => ({
    evidence: `La hora firmada está ${Math.abs(seconds)} s en el ${seconds < 0 ? 'pasado' : 'futuro'}.`,
    remedy: 'Sincronice los relojes; si el remitente se atrasa por diseño, amplíe tolerance.',
  }),
  time: ({ expected, found }) => ({
    evidence: `La hora está escrita de otra forma: se esperaba ${expected}, se encontró ${found}.`,
    remedy: 'Configure time.format como la escribe el remitente.',
  }),
  plain: ({ kind, detail }) => ({
    evidence: {
      unexplained: `Nada de lo que aquí se prueba calza. ${detail}`.trim(),
      'time-missing': 'No indica la hora, y es obligatoria.',
      'request-refused': `Se rechazó antes de mirar la prueba: ${detail}.`,
    }[kind],
    remedy: {
      unexplained:
        'Compare el secreto con el del remitente, y el SHA-256 del cuerpo con su registro. Pruebe otros secretos con --other nombre=env:NOMBRE.',
      'time-missing': 'Consulte al remitente.',
      'request-refused': 'Vea la entrada del código.',
    }[kind],
  }),
}

const signatureWords = {
  en: {
    'signature-prefix': 'prefix',
    'signature-encoding': 'encoding',
    'signature-format': 'format',
    hash: 'hash',
    padding: 'padding',
    'salt-length': 'length of the salt',
  },
  es: {
    'signature-prefix': 'otro prefijo',
    'signature-encoding': 'otra codificación',
    'signature-format': 'otro formato',
    hash: 'otro hash',
    padding: 'otro relleno',
    'salt-length': 'otro largo de la sal',
  },
} as const

const texts: Translated<Texts> = { en, es }

function shown(value: string, none: string): string {
  return value === '' ? none : `'${value}'`
}

/** What is said of a finding, in a language. */
export function sayFinding(language: keyof typeof texts, finding: Finding): Said {
  const own = texts[language]
  switch (finding.kind) {
    case 'header-missing':
    case 'header-repeated':
    case 'header-malformed':
    case 'header-mismatch':
      return own.header(finding)
    case 'value-malformed':
      return own.value(finding)
    case 'signature-prefix':
    case 'signature-encoding':
    case 'signature-format':
    case 'hash':
    case 'padding':
    case 'salt-length':
      return own.signature(finding)
    case 'signature-surrounded':
      return own.surrounded(finding)
    case 'secret-encoding':
      return own.secret(finding)
    case 'other-key':
      return own.otherKey(finding)
    case 'body-reencoded':
    case 'body-newline':
    case 'body-bom':
      return own.body(finding)
    case 'clock-skew':
      return own.clock(finding)
    case 'time-format':
      return own.time(finding)
    default:
      return own.plain(finding)
  }
}
