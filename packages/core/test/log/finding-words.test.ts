import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src/index.ts'
import { findingsWords } from '../../src/log/finding-words.ts'

const signature = (kind: 'hash' | 'padding' | 'salt-length' | 'signature-format' | 'signature-encoding') => ({
  kind,
  expected: 'A',
  found: 'B',
})
const header = 'x-signature'

describe('a finding in the log', () => {
  it.each<[Finding, RegExp]>([
    [{ kind: 'signature-prefix', expected: 'v1=', found: '' }, /lacks the prefix 'v1=': have the sender/],
    [
      { kind: 'signature-prefix', expected: '', found: 'v1=' },
      /begins with 'v1=', and none is expected: have/,
    ],
    [{ kind: 'signature-prefix', expected: 'v0=', found: 'v1=' }, /'v1=', and 'v0=' is expected: have/],
    [signature('signature-encoding'), /another encoding, B where A is expected: have .*\(encoding\)/],
    [signature('signature-format'), /another format, B where A is expected: have .*\(format\)/],
    [signature('hash'), /another hash, B where A is expected: have .*\(hash\)/],
    [signature('padding'), /another padding, B where A is expected: have .*\(padding\)/],
    [signature('salt-length'), /another length of the salt, B where A is expected: have .*\(padding\)/],
    [
      { kind: 'signature-surrounded', header, before: '"', after: '"' },
      /stands in quotation marks .*: look at/,
    ],
    [
      { kind: 'signature-surrounded', header, before: 'key=', after: '' },
      /^Something stands beside .*: look at/,
    ],
    [{ kind: 'secret-encoding', found: 'hex' }, /is the hex of: give Buffer\.from\(secret, 'hex'\)/],
    [{ kind: 'secret-encoding', found: 'base64' }, /is the base64 of: give Buffer\.from\(secret, 'base64'\)/],
    [{ kind: 'secret-encoding', found: 'whsec' }, /behind whsec_: give Buffer\.from\(secret\.slice\(6\)/],
    [{ kind: 'secret-encoding', found: 'hex-text' }, /the text of the secret.*: give the text/],
    [{ kind: 'secret-encoding', found: 'line-break' }, /a line break at its end: mend it there/],
    [{ kind: 'secret-encoding', found: 'quotes' }, /in quotation marks.*: mend it there/],
    [{ kind: 'body-reencoded', fitsWhen: 'compact' }, /printed anew as compact JSON.*Have the sender/],
    [{ kind: 'body-newline', fitsWhen: 'removed' }, /a line break at its end is removed: look for a proxy/],
    [{ kind: 'body-bom', fitsWhen: 'added' }, /a byte order mark is added: look for a proxy/],
  ])('%o is a cause and a remedy', (finding, words) => {
    expect(findingsWords([finding])).toMatch(words)
  })

  it('shows nothing of what stands beside a signature, which may be the secret', () => {
    const before = 'secret=b1d4c0ffee5ee'
    expect(findingsWords([{ kind: 'signature-surrounded', header, before, after: '' }])).not.toContain('b1d4')
  })

  it('is nothing where it says no more than the code', () => {
    expect(findingsWords([])).toBeUndefined()
    expect(
      findingsWords([
        { kind: 'unexplained', detail: 'x' },
        { kind: 'header-missing', header },
      ]),
    ).toBeUndefined()
  })

  it('is one sentence after the other where there are several', () => {
    const words = findingsWords([signature('hash'), { kind: 'secret-encoding', found: 'line-break' }])
    expect(words).toMatch(/\(hash\)\. The sender has the secret with a line break/)
  })
})
