import { checkKind, checkOptions, type OptionKinds } from '../lib/check-options.ts'
import { canSign } from '../lib/sign-delivery.ts'
import { defineProvider } from '../receiver/define-provider.ts'
import { type ContractCase, toCases } from './contract-case.ts'
import { acceptChecks } from './provider-accept.ts'
import { batchChecks } from './provider-batch.ts'
import { handshakeChecks } from './provider-handshakes.ts'
import { proofChecks } from './provider-proof.ts'
import { replayChecks } from './provider-replay.ts'
import { type ProviderChecks, ProviderStage } from './provider-stage.ts'
import { lacksOf, type ProviderAbility, type ProviderSubject, providerAbilities } from './provider-subject.ts'

const checks: ProviderChecks = {
  ...acceptChecks,
  ...proofChecks,
  ...replayChecks,
  ...batchChecks,
  ...handshakeChecks,
}

const subjectKinds: OptionKinds<ProviderSubject<unknown>> = {
  provider: 'function',
  secrets: 'list',
  sender: 'function',
  samples: 'object',
  retry: 'function',
  inbox: 'function',
}

/**
 * The suite that every `Provider` passes: it signs the samples as the sender does, and changes, forges, repeats and replays
 * what it signed. Cases that its data state no need for are left out, with the reason.
 * @param subject the provider, and two keys
 * @param without what it cannot do, and why, beside what its data say: the cases that need it are left out for that reason
 * @throws TypeError when an option is unknown or cannot be used, or the provider cannot sign
 * @example
 * import { providerContract } from '@acuse/core/testing'
 * import { github } from '@acuse/providers/github'
 * import { it } from 'node:test'
 *
 * const cases = providerContract({ provider: github, secrets: ['a-secret-of-its-own-3f1c', 'the-next-one-8d02-77ab'] })
 * for (const { name, leftOut, run } of cases) it(name, { skip: leftOut }, run)
 */
export function providerContract<Secret>(
  subject: ProviderSubject<Secret>,
  without: Readonly<Partial<Record<ProviderAbility, string>>> = {},
): readonly ContractCase[] {
  checkSubject(subject)
  const given = subject as ProviderSubject<unknown>
  const [first, second] = subject.secrets
  const provider = defineProvider(subject.provider(first))
  for (const secret of [first, second]) checkSender((subject.sender ?? subject.provider)(secret))
  const lacks = { ...lacksOf(provider), ...without }
  return toCases({
    checks,
    abilities: providerAbilities,
    lacks,
    async run(check) {
      const stage = new ProviderStage(given)
      try {
        await check(stage)
      } finally {
        await stage.dispose()
      }
    },
  })
}

function checkSubject<Secret>(subject: ProviderSubject<Secret>): void {
  checkOptions<ProviderSubject<Secret>>('providerContract', subject, subjectKinds)
  checkKind('provider', subject.provider, 'function')
  checkKind('secrets', subject.secrets, 'list')
  if (subject.secrets.length !== 2)
    throw new TypeError('secrets must list two keys: the one in use, and another')
}

function checkSender({ name, scheme }: Parameters<typeof defineProvider>[0]): void {
  if (canSign(scheme)) return
  throw new TypeError(
    `${name} cannot sign with its secret. Where it takes public keys, have the option sender make it with a private one`,
  )
}
