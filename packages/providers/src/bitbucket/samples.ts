import type { BitbucketEvents } from './events.ts'

const actor = { display_name: 'Emma', uuid: '{d301aafa-d676-4ee0-a3f1-8b94c681feaf}' }
const repository = {
  uuid: '{673a6070-3421-46c9-9d48-90745f7bfe8e}',
  full_name: 'team_name/repo_name',
  is_private: true,
}
const pullrequest = { id: 1, title: 'Title of pull request', state: 'OPEN' }

/** In the form of Atlassian's documents. */
export const samples: Partial<BitbucketEvents> = {
  'repo:push': { actor, repository, push: { changes: [] } },
  'pullrequest:created': { actor, repository, pullrequest },
  'pullrequest:fulfilled': { actor, repository, pullrequest: { ...pullrequest, state: 'MERGED' } },
  'pr:opened': {
    eventKey: 'pr:opened',
    date: '2017-09-19T09:58:11+1000',
    actor: { id: 1, name: 'admin' },
    pullRequest: { id: 1, title: 'a new file added', state: 'OPEN' },
  },
}
