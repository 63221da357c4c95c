import type { CheckTexts } from './check-texts.ts'
import type { checks as english } from './checks-en.ts'

/** What is said of each check, in Spanish. */
export const checks: { readonly [Code in keyof typeof english]: CheckTexts } = {
  'valid-refused': {
    title: 'rechaza un evento correcto',
    means: 'Lo que envía el remitente se pierde. No se puede decir nada más.',
    remedy:
      'Revise el secreto, la dirección y el proveedor: `acuse explain` dice por qué se rechaza una solicitud.',
  },
  'valid-not-run': {
    title: 'acusa recibo de un evento sin efecto',
    means: 'El evento se pierde; o los efectos van a otro lugar que el que se mira.',
    remedy:
      'Revise que cada efecto agregue una línea con el id o el contenido de su evento a lo que indica --effect-file o --effect-url.',
  },
  'documented-event-refused': {
    title: 'rechaza un evento que el remitente documenta',
    means: 'El remitente reintenta, se rinde y puede desactivar la dirección.',
    remedy: 'Acuse recibo también de los eventos que no usa.',
  },
  'order-assumed': {
    title: 'descarta un evento adelantado por uno más nuevo',
    means: 'Los reintentos cambian el orden. Lo que llega tarde se pierde.',
    remedy:
      'Compare horas solo de una misma cosa, y nunca descarte un evento por ser más viejo que el último.',
  },
  'forged-accepted': {
    title: 'acepta una solicitud falsificada',
    means: 'Cualquiera que conozca la dirección puede enviar eventos.',
    remedy: 'Verifique la firma sobre los bytes crudos antes que nada, y responda 401 si no coincide.',
  },
  'forged-run': {
    title: 'ejecuta una solicitud falsificada que rechaza',
    means: 'Cualquiera que conozca la dirección puede causar efectos.',
    remedy: 'Verifique primero, y no haga nada con una solicitud antes.',
  },
  'signature-prefix': {
    title: 'acepta una parte de una firma',
    means: 'Una firma se adivina por partes, en minutos.',
    remedy: 'Decodifique la firma, compare su largo, y luego todos sus bytes en tiempo constante.',
  },
  'signature-spellings': {
    title: 'acepta otras escrituras de una firma',
    means: 'Si la firma distingue las copias, una solicitud capturada son muchas.',
    remedy:
      'Acepte una forma canónica: hexadecimal en minúsculas del largo exacto, o base64 que se codifica igual.',
  },
  'signature-twice': {
    title: 'acepta dos encabezados de firma que se contradicen',
    means: 'Un proxy puede mirar uno, y el receptor el otro.',
    remedy: 'Rechace un encabezado de seguridad que viene dos veces.',
  },
  'stale-accepted': {
    title: 'acepta un evento de hace 8 días',
    means: 'Una solicitud capturada se puede repetir cuando su id se olvidó.',
    remedy: 'Rechace lo que es más viejo que los reintentos del remitente.',
  },
  'future-accepted': {
    title: 'acepta un evento del futuro',
    means: 'Una solicitud capturada ahora sigue vigente más tiempo que el que se recuerdan los ids.',
    remedy: 'Compare la distancia con la hora actual en ambas direcciones.',
  },
  'reserialised-json': {
    title: 'verifica un JSON que escribió de nuevo, no los bytes que llegaron',
    means:
      'Se rechazan eventos correctos apenas el remitente escribe el JSON de otra manera, y algunos cambios pasan inadvertidos.',
    remedy: 'Lea el cuerpo crudo antes de cualquier parser, y verifique ese.',
  },
  'text-decoded': {
    title: 'decodifica el cuerpo como texto antes de verificarlo',
    means: 'Bytes que no se firmaron pasan por los que se firmaron.',
    remedy: 'Entregue los bytes al MAC, y decodifique después.',
  },
  'inflated-unverified': {
    title: 'descomprime un cuerpo antes de verificarlo',
    means:
      'Un extraño hace que su proceso descomprima lo que quiera, y se verifican otros bytes que los que llegaron.',
    remedy: 'Responda 415 a cualquier Content-Encoding.',
  },
  'duplicate-run': {
    title: 'ejecuta de nuevo una copia',
    means: 'Cada reintento del remitente, y cada repetición, tiene su efecto dos veces.',
    remedy: 'Recuerde el id de cada evento en el mismo paso que su efecto.',
  },
  'effect-before-dedupe': {
    title: 'reconoce una copia después de ejecutarla',
    means: 'La copia se reconoce, y aun así tiene su efecto dos veces.',
    remedy: 'Mire si un evento es conocido antes de su efecto, no después.',
  },
  'duplicate-refused': {
    title: 'rechaza una copia de lo que ya procesó',
    means: 'El remitente perdió su respuesta, y ahora reintenta hasta rendirse e informar un fallo.',
    remedy: 'Acuse recibo con 2xx de lo que ya tiene.',
  },
  'concurrent-duplicates-run': {
    title: 'ejecuta copias que llegan a la vez',
    means: 'Entre mirar si un evento es conocido y anotarlo pasa otra copia.',
    remedy: 'Mire y anote en un solo paso atómico, como INSERT … ON CONFLICT DO NOTHING.',
  },
  'resigned-retry-run': {
    title: 'ejecuta un reintento firmado de nuevo',
    means: 'El remitente firma cada intento; ni la firma ni la hora distinguen los eventos.',
    remedy: 'Distinga los eventos por el id que el remitente firma.',
  },
  'unsigned-id-trusted': {
    title: 'confía en un id que nadie firma',
    means: 'Una solicitud capturada se ejecuta cuantas veces quiera un atacante.',
    remedy: 'Distinga los eventos por lo que la firma cubre.',
  },
  'renamed-type-run': {
    title: 'ejecuta una solicitud capturada con otro nombre de evento',
    means: 'Una solicitud capturada ejecuta los handlers de otros eventos.',
    remedy: 'Deje el nombre que nadie firma fuera de lo que distingue los eventos.',
  },
  'distinct-events-merged': {
    title: 'toma por copias dos eventos de la misma hora',
    means: 'Uno de ellos se pierde.',
    remedy: 'Distinga los eventos por sus ids, no por su hora.',
  },
  'malformed-5xx': {
    title: 'falla ante una entrada malformada de un extraño',
    means: 'Suenan alarmas por lo que cualquiera puede enviar.',
    remedy: 'Verifique antes de leer, y responda 401.',
  },
  'malformed-signed-5xx': {
    title: 'falla ante una entrada malformada bien firmada',
    means: 'Solo el remitente puede causarlo; y luego reintenta lo que nunca resultará.',
    remedy: 'Responda 4xx a lo que no se puede leer.',
  },
  'media-type-refused': {
    title: 'rechaza application/json; charset=utf-8',
    means: 'Se pierden eventos el día en que el remitente agrega un parámetro.',
    remedy: 'Lea el cuerpo crudo cualquiera sea su tipo, y compare el tipo sin parámetros.',
  },
  'cut-short-accepted': {
    title: 'acepta un cuerpo cortado',
    means: 'Acusa recibo de lo que no leyó.',
    remedy: 'Responda después de leer y verificar todo el cuerpo.',
  },
  'process-died': {
    title: 'muere por lo que un extraño puede enviar',
    means: 'Una solicitud termina el proceso para todos.',
    remedy: 'Capture lo que lanzan la lectura y la verificación, y haga que el proceso se inicie de nuevo.',
  },
  'process-died-signed': {
    title: 'muere por una entrada malformada bien firmada',
    means:
      'Solo el remitente puede causarlo; una solicitud así termina el proceso para todos, y también su reintento.',
    remedy: 'Capture lo que lanzan la lectura y los handlers, y haga que el proceso se inicie de nuevo.',
  },
  'body-unlimited': {
    title: 'lee un cuerpo falsificado de cualquier tamaño',
    means: 'Los extraños llenan su memoria.',
    remedy: 'Cuente los bytes a medida que llegan, y responda 413 pasado un límite.',
  },
  'body-held': {
    title: 'espera un cuerpo que no termina',
    means: 'Unas pocas conexiones lentas ocupan su memoria y sus lugares.',
    remedy: 'Dé unos segundos a un cuerpo, y luego responda 408 y cierre.',
  },
  'get-accepted': {
    title: 'responde 2xx a GET o HEAD',
    means: 'Un método incorrecto no es una entrega; un monitor lo toma por una.',
    remedy: 'Responda 405 a lo que no es POST.',
  },
  'slow-answer': {
    title: 'tarda más de 5 s en responder',
    means: 'Los remitentes dejan de esperar, y envían de nuevo lo que se está procesando.',
    remedy: 'Anote el evento, responda, y procéselo después.',
  },
  'acknowledged-before-safe': {
    title: 'acusa recibo antes de que el evento esté a salvo',
    means: 'Lo acusado se pierde con el proceso: nadie lo envía de nuevo.',
    remedy: 'Escriba el evento en disco, y responda después.',
  },
  'in-flight-acknowledged': {
    title: 'acusa recibo de una copia cuando la primera no está a salvo',
    means: 'El remitente toma el 2xx por el evento. Si la primera falla, se pierde.',
    remedy: 'Haga que una copia espere a la primera, o responda 409 o 503.',
  },
  'lost-after-crash': {
    title: 'pierde un evento que una caída interrumpió',
    means: 'Se anotó como visto antes de estar a salvo: el reintento se toma por una copia.',
    remedy: 'Anote un evento y guárdelo en un solo paso atómico.',
  },
  'forgotten-at-restart': {
    title: 'olvida al reiniciar lo que procesó',
    means: 'Después de cada despliegue las copias se ejecutan de nuevo.',
    remedy: 'Guarde los ids en disco, mientras el remitente reintente.',
  },
  'run-twice-after-crash': {
    title: 'ejecuta de nuevo un evento tras una caída entre su efecto y su acuse',
    means: 'El efecto está, su anotación no, y a quien tiene el efecto nadie le dice que es una repetición.',
    remedy:
      'Escriba efecto e id en una transacción; o entregue al handler un `id` estable y un `attempt`, y haga el efecto idempotente por el id.',
  },
  'secret-answered': {
    title: 'dice su secreto',
    means: 'Cualquiera puede firmar.',
    remedy: 'Reemplace el secreto, y responda textos constantes.',
  },
  'signature-answered': {
    title: 'dice la firma que esperaba',
    means: 'Cualquiera puede hacer firmar cualquier cuerpo.',
    remedy: 'Responda textos constantes.',
  },
  'stack-answered': {
    title: 'responde con una traza de pila',
    means: 'Los extraños ven rutas, versiones y código.',
    remedy: 'Responda textos constantes, y registre lo que ocurrió.',
  },
  'body-echoed': {
    title: 'repite lo que rechazó',
    means: 'Lo que escribió un extraño vuelve con su nombre.',
    remedy: 'Responda textos constantes.',
  },
  'reasons-told': {
    title: 'dice por qué rechazó',
    means: 'Un extraño aprende qué parte de una falsificación ya es correcta.',
    remedy: 'Responda a todas con un solo estado y un solo cuerpo, y registre la razón.',
  },
  'secret-logged': {
    title: 'registra su secreto en el log',
    means: 'Quien lee los logs puede firmar.',
    remedy: 'Reemplace el secreto, y nunca lo registre.',
  },
}
