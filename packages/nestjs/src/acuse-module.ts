import { createReceiver, type Receiver } from '@acuse/core'
import { type DynamicModule, Module } from '@nestjs/common'
import { nestLogger } from './nest-logger.ts'
import type { AcuseFactoryResult, AcuseModuleAsyncOptions, AcuseModuleOptions } from './options.ts'
import { describeSource, type ProviderFactory, type SourceParts, toParts, toToken } from './source.ts'
import { WebhookHost, WebhookHostModule } from './webhook-host.ts'

/**
 * Nest's module of a receiver; import it once for each. It answers the provider's path on Express and Fastify before any body parser,
 * registers the methods that {@link WebhookHandler} marks, works from `onApplicationBootstrap` on, and closes with the app. The receivers
 * are there in every module, see {@link InjectReceiver}.
 * @example
 * import { AcuseModule } from '@acuse/nestjs'
 * import { redcumbre } from '@acuse/providers/redcumbre'
 * import { sqliteInbox } from '@acuse/sqlite'
 * import { Module } from '@nestjs/common'
 * import { ConfigModule, ConfigService } from '@nestjs/config'
 *
 * \@Module({
 *   imports: [
 *     AcuseModule.forRootAsync({
 *       provider: redcumbre,
 *       imports: [ConfigModule.forRoot()],
 *       inject: [ConfigService],
 *       useFactory: (config: ConfigService) => ({
 *         secret: config.getOrThrow<string>('REDCUMBRE_WEBHOOK_SECRET'),
 *         inbox: sqliteInbox('webhooks.db'),
 *       }),
 *     }),
 *   ],
 * })
 * export class AppModule {}
 */
// biome-ignore lint/complexity/noStaticOnlyClass: a module of Nest is a class
export class AcuseModule {
  /**
   * A receiver of options that are known as the program is loaded. They are checked when Nest creates the app, not before: `nest build`
   * and an import need no secret.
   * @throws TypeError when there is no provider; the app is not created when another option cannot be used
   */
  static forRoot<Events extends object, Secret>(options: AcuseModuleOptions<Events, Secret>): DynamicModule {
    const { provider, endpoint, ...others } = options
    return toModule<Events, Secret>(toParts('AcuseModule.forRoot', { provider, endpoint }), {
      useFactory: () => others as AcuseFactoryResult<Events, Secret>,
    })
  }

  /**
   * A receiver of options that depend on other providers, such as `ConfigService`.
   * @throws TypeError when there is no provider or no `useFactory`; the app is not created when an option cannot be used
   */
  static forRootAsync<Events extends object, Secret>(
    options: AcuseModuleAsyncOptions<Events, Secret>,
  ): DynamicModule {
    const { provider, endpoint, ...others } = options
    const source = toParts('AcuseModule.forRootAsync', { provider, endpoint })
    if (typeof others.useFactory !== 'function')
      throw new TypeError('AcuseModule.forRootAsync needs useFactory: a function that returns { secret, … }')
    return toModule<Events, Secret>(source, others)
  }
}
Module({})(AcuseModule)

let registrations = 0

function toModule<Events extends object, Secret>(
  source: SourceParts,
  {
    imports = [],
    inject = [],
    useFactory,
  }: Pick<AcuseModuleAsyncOptions<Events, Secret>, 'imports' | 'inject' | 'useFactory'>,
): DynamicModule {
  const token = toToken(source)
  registrations += 1
  // Counted, as Nest 10 takes modules whose texts are the same for one: factories may have one name, and `useFactory` is always ours.
  const registration = Symbol(`Registration ${registrations} of ${describeSource(source)}`)
  return {
    module: AcuseModule,
    global: true,
    imports: [WebhookHostModule, ...imports],
    providers: [
      {
        provide: token,
        inject: [WebhookHost, ...inject],
        useFactory: async (host: WebhookHost, ...dependencies: unknown[]) => {
          return toReceiver(source, await useFactory(...(dependencies as never[])), host)
        },
      },
      {
        provide: registration,
        inject: [WebhookHost, token],
        // Not where it is made: a test may override it.
        useFactory: (host: WebhookHost, receiver: Receiver<never>) => host.add(source, receiver),
      },
    ],
    exports: [token],
  }
}

function toReceiver<Events extends object, Secret>(
  source: SourceParts,
  given: AcuseFactoryResult<Events, Secret>,
  host: WebhookHost,
): Receiver<Events> {
  if (typeof given !== 'object' || given === null)
    throw new TypeError(`useFactory of ${describeSource(source)} must return { secret, … }`)
  const { secret, ...options } = given
  const { provider, endpoint } = source as {
    provider: ProviderFactory<Events, [secret: Secret]>
    endpoint?: string
  }
  const own = endpoint === undefined ? {} : { endpoint }
  const receiver = createReceiver(provider(secret), { logger: nestLogger(), ...options, ...own })
  if (options.work === false) host.acceptsOnly(receiver)
  return receiver
}
