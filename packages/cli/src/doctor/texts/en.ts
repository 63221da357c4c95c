/** What the doctor says beside checks and probes, in English. */
export const words = {
  severities: { critical: 'critical', high: 'high', medium: 'medium', low: 'low' },
  results: {
    passed: 'passed',
    finding: 'FINDING',
    'not-looked-at': 'not looked at',
    'does-not-apply': 'does not apply',
  },
  reasons: {
    effects: 'needs --effect-file or --effect-url',
    start: 'needs --start',
    output: 'needs --start',
    unreachable: 'the receiver was gone',
    unless: (code: string): string => `cannot be told apart from ${code}`,
    failed: (message: string): string => `could not be done: ${message}`,
  },
  columns: { result: 'result', severity: 'severity', check: 'check', what: 'looked for: a receiver that' },
  sent: 'sent',
  came: 'came',
  means: 'means',
  remedy: 'remedy',
  cameStatus: (status: number, ms: number | undefined): string =>
    ms === undefined ? `${status}` : `${status} after ${ms} ms`,
  cameTimeout: (ms: number | undefined): string => `no answer in ${ms ?? 0} ms`,
  cameNetwork: 'the connection broke off without an answer',
  cameRuns: (runs: number): string =>
    runs === 1 ? 'it ran once' : runs === 0 ? 'it never ran' : `it ran ${runs} times`,
  score: (score: number, passed: number, lookedAt: number): string =>
    `Score ${score} of 100: ${passed} of ${lookedAt} checks passed.`,
  notLookedAt: (count: number): string => `${count} were not looked at; they count for nothing.`,
  doNotApply: (count: number): string => `${count} do not apply to this sender.`,
  of: (requests: number, seconds: string): string => `${requests} requests in ${seconds} s`,
  checking: (at: number, of: number, code: string): string => `${at}/${of} ${code}`,
  unreachable: (url: string): string => `Nobody listens at ${url}.`,
  unreachableRemedy: 'Start the receiver, or let the doctor start it: --start "node server.js".',
  notStarted: (command: string): string => `'${command}' did not listen at the address within 30 s.`,
  notStartedRemedy: 'It must listen at the port of the address, and not end. What it printed last:',
  notLocal: (host: string): string =>
    `${host} gets over a hundred requests, forged ones and authentic ones among them. Never do this to production.`,
  alreadyThere: (url: string): string => `Somebody listens at ${url} already.`,
  alreadyThereRemedy:
    'With --start the doctor starts the receiver itself, to kill it: stop the one that runs.',
  cannotSend: (message: string): string => `This sender cannot be spoken for: ${message}`,
}
