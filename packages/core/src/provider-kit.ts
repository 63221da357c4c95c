// For those who write a provider: the types of its parts, beside `defineProvider` of the main entry. `@acuse/core/provider-kit`.
export type { EventRule } from './model/envelope.ts'
export type {
  AcceptedAnswer,
  Answers,
  Fill,
  Handshake,
  HandshakeAnswer,
  HandshakeToken,
} from './model/handshake.ts'
export type {
  BodyFormat,
  EventSchemaSource,
  FetchLatest,
  Notice,
  ProviderEvents,
  Thin,
} from './model/provider.ts'
export type { EncodedBody, NamedPayload, Sandbox } from './model/sending.ts'
export type {
  BodyValue,
  Condition,
  FieldValue,
  HeaderValue,
  Match,
  Part,
  PublicUrlPart,
  QueryValue,
  RawPart,
  TextValue,
  Value,
  ValueForm,
  ValuePart,
  ValueSource,
} from './model/value.ts'
export type { ApiKeyOptions } from './schemes/api-key.ts'
export type { EcdsaOptions } from './schemes/ecdsa.ts'
export type { Ed25519Options } from './schemes/ed25519.ts'
export type { FetchedKeyOptions } from './schemes/fetched-key.ts'
export type { FetchedKeys, KeyFetch } from './schemes/fetched-keys.ts'
export type { HmacOptions } from './schemes/hmac.ts'
export type { JwksOptions } from './schemes/jwks.ts'
export type { KeyChoice } from './schemes/keys.ts'
export type { RsaOptions } from './schemes/rsa.ts'
export type { SignatureHeaderOptions } from './schemes/signature-header.ts'
export type { SignedContentOptions } from './schemes/signed-content.ts'
