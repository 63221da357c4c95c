import type { ReceiverOptions } from '@acuse/core'
import type { InjectionToken, ModuleMetadata, OptionalFactoryDependency } from '@nestjs/common'
import type { ProviderFactory } from './source.ts'

/** Options of {@link AcuseModule.forRoot}: a provider, its secret, and every option of a receiver. */
export type AcuseModuleOptions<Events extends object, Secret> = ReceiverOptions<Events> & {
  /** Whose webhooks are received. */
  readonly provider: ProviderFactory<Events, [secret: Secret]>
  /** What the provider's factory takes: as a rule its secret. */
  readonly secret: Secret
}

/** What `useFactory` of {@link AcuseModule.forRootAsync} returns: the secret, and every option of a receiver but `endpoint`. */
export type AcuseFactoryResult<Events extends object, Secret> = ReceiverOptions<Events> & {
  /** What the provider's factory takes: as a rule its secret. */
  readonly secret: Secret
  /** Stands beside `provider`, because Nest asks for tokens before it runs a factory. */
  readonly endpoint?: never
}

/** Options of {@link AcuseModule.forRootAsync}. */
export interface AcuseModuleAsyncOptions<Events extends object, Secret> {
  /** Whose webhooks are received. */
  readonly provider: ProviderFactory<Events, [secret: Secret]>
  /** The receiver's own name, where one app has several of a provider. Default: the provider's name. */
  readonly endpoint?: string
  /** Modules that export what `inject` names. Default: none. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>
  /** Tokens of what `useFactory` takes, in order. Default: none. */
  readonly inject?: readonly (InjectionToken | OptionalFactoryDependency)[]
  /** Makes the options when the app is created. */
  readonly useFactory: (
    // `inject` names them, and the compiler cannot see that.
    ...dependencies: never[]
  ) => AcuseFactoryResult<Events, Secret> | Promise<AcuseFactoryResult<Events, Secret>>
}
