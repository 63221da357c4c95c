import type { GithubEvents, GithubRepository, GithubUser } from './events.ts'

const sender: GithubUser = { id: 1, login: 'octocat', type: 'User' }
const repository: GithubRepository = {
  id: 1296269,
  name: 'Hello-World',
  full_name: 'octocat/Hello-World',
  private: false,
  default_branch: 'main',
  updated_at: '2026-01-26T19:14:43Z',
}
const issue = { id: 444500041, number: 1, title: 'Spelling error in the README file', state: 'open' }
const commit = {
  id: '7fd1a60b01f91b314f59955a4e4d4e80d8edf11d',
  message: 'Fix the spelling of the README',
  timestamp: '2026-01-26T19:14:40Z',
  url: 'https://github.com/octocat/Hello-World/commit/7fd1a60b01f91b314f59955a4e4d4e80d8edf11d',
}

/** Payloads in the form of GitHub's documents, shortened. */
export const samples: Pick<GithubEvents, 'ping' | 'push' | 'issues' | 'issue_comment' | 'pull_request'> = {
  ping: {
    zen: 'Keep it logically awesome.',
    hook_id: 109948940,
    hook: { type: 'Repository', id: 109948940, active: true, events: ['push'] },
    repository,
    sender,
  },
  push: {
    ref: 'refs/heads/main',
    before: '762941318ee16e59dabbacb1b4049eec22f0d303',
    after: commit.id,
    commits: [commit],
    head_commit: commit,
    repository,
    sender,
  },
  issues: { action: 'opened', issue, repository, sender },
  issue_comment: {
    action: 'created',
    issue,
    comment: { id: 492700400, body: 'You are totally right!' },
    repository,
    sender,
  },
  pull_request: {
    action: 'opened',
    number: 2,
    pull_request: { id: 279147437, number: 2, title: 'Update the README', state: 'open' },
    repository,
    sender,
  },
}
