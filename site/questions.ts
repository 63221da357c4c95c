import type { Text } from './sidebar.ts'

/** What a stranger asks, where it was asked, and the pages that answer it. */
export interface Question {
  /** The thread in which it was asked. */
  readonly thread: string
  /** What is typed into the search. */
  readonly asked: Text
  /** The pages that answer: one of them must be among the first results. */
  readonly answers: readonly string[]
}

const github = 'https://github.com'

function question(thread: string, en: string, es: string, ...answers: readonly string[]): Question {
  return { thread: `${github}/${thread}`, asked: { en, es }, answers }
}

/** Twenty-five questions, from the threads about receiving webhooks that people come back to for years. */
export const questions: readonly Question[] = [
  question(
    'stripe/stripe-node/issues/341',
    'express.json raw body',
    'express.json cuerpo original',
    'frameworks/express',
    'troubleshooting',
    'faq',
  ),
  question(
    'stripe/stripe-node/issues/1254',
    'signature mismatch',
    'firma no coincide',
    'troubleshooting',
    'concepts/verification',
  ),
  question(
    'stripe/stripe-node/issues/407',
    'timestamp outside tolerance',
    'tolerancia de tiempo',
    'concepts/timestamp-tolerance',
  ),
  question(
    'stripe/stripe-node/issues/1778',
    'old delivery replay later',
    'repetir entregas antiguas',
    'event-log',
    'concepts/timestamp-tolerance',
    'faq',
  ),
  question(
    'stripe/stripe-node/issues/1294',
    'next.js raw body',
    'next.js cuerpo original',
    'frameworks/nextjs',
  ),
  question('stripe/stripe-node/pull/2258', 'app router route', 'app router ruta', 'frameworks/nextjs'),
  question(
    'stripe/stripe-node/issues/997',
    'cloudflare workers',
    'cloudflare workers',
    'frameworks/cloudflare-workers',
  ),
  question('stripe/stripe-node/pull/1288', 'deno serve', 'deno serve', 'frameworks/deno'),
  question(
    'stripe/stripe-node/issues/1043',
    'google cloud functions',
    'google cloud functions',
    'frameworks/google-cloud-functions',
  ),
  question(
    'stripe/stripe-node/issues/601',
    'test signed webhook',
    'probar con jest',
    'testing',
    'getting-started',
  ),
  question(
    'stripe/stripe-node/issues/734',
    'body parser before',
    'antes del body parser',
    'frameworks/express',
    'troubleshooting',
    'faq',
  ),
  question('golevelup/nestjs/issues/425', 'nestjs controller', 'nestjs módulo', 'frameworks/nestjs'),
  question('sveltejs/kit/issues/10339', 'sveltekit endpoint', 'sveltekit endpoint', 'frameworks/sveltekit'),
  question(
    'stripe/stripe-cli/issues/505',
    'ngrok tunnel',
    'túnel local',
    'cli/listen',
    'cli',
    'faq',
    'getting-started',
  ),
  question(
    'octokit/webhooks.js/issues/593',
    'octokit webhooks migrate',
    'migrar octokit webhooks',
    'migrate/octokit-webhooks',
  ),
  question(
    'octokit/webhooks.js/issues/185',
    'answer within 10 seconds',
    'plazo de respuesta',
    'acknowledging',
    'faq',
    'concepts/retries-and-dead-letters',
  ),
  question(
    'octokit/webhooks.js/issues/770',
    'rotate secret',
    'rotar secreto',
    'concepts/verification',
    'faq',
    'security',
  ),
  question('octokit/webhooks.js/issues/379', 'aws lambda', 'aws lambda', 'frameworks/aws-lambda'),
  question(
    'octokit/webhooks.js/issues/76',
    'JSON.stringify signature',
    'JSON.stringify firma',
    'concepts/verification',
    'faq',
  ),
  question(
    'octokit/webhooks.js/issues/99',
    'respond with body',
    'cuerpo de la respuesta',
    'acknowledging',
    'faq',
    'recipes',
  ),
  question('svix/svix-webhooks/issues/1463', 'clerk', 'clerk', 'providers/clerk'),
  question(
    'svix/svix-webhooks/issues/93',
    'disable tolerance tests',
    'tolerancia pruebas',
    'concepts/timestamp-tolerance',
    'testing',
    'faq',
  ),
  question(
    'standard-webhooks/standard-webhooks/issues/235',
    'whsec secret format',
    'secreto whsec',
    'providers/standard-webhooks',
    'providers/svix',
    'migrate/svix',
    'faq',
  ),
  question(
    'integrallis/stripe_event/issues/75',
    'events out of order',
    'eventos desordenados',
    'concepts/ordering',
    'faq',
  ),
  question(
    'solidusio/solidus_stripe/issues/188',
    'duplicate events',
    'eventos duplicados',
    'concepts/idempotency',
    'exactly-once-effects',
    'faq',
  ),
]
