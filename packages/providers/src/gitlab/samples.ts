import type { GitlabEvents } from './events.ts'

const project = {
  id: 15,
  name: 'Diaspora',
  web_url: 'https://gitlab.example.com/mike/diaspora',
  path_with_namespace: 'mike/diaspora',
  default_branch: 'main',
}
const user = { id: 1, name: 'Administrator', username: 'root' }

/** In the form of GitLab's documents. */
export const samples: Partial<GitlabEvents> = {
  push: {
    object_kind: 'push',
    event_name: 'push',
    before: '95790bf891e76fee5e1747ab589903a6a1f80f22',
    after: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
    ref: 'refs/heads/main',
    project_id: 15,
    project,
    commits: [],
    total_commits_count: 0,
  },
  merge_request: {
    object_kind: 'merge_request',
    event_type: 'merge_request',
    user,
    project,
    object_attributes: { id: 99, iid: 1, state: 'opened', action: 'open' },
  },
  issue: {
    object_kind: 'issue',
    event_type: 'issue',
    user,
    project,
    object_attributes: { id: 301, iid: 23, state: 'opened', action: 'open' },
  },
  pipeline: { object_kind: 'pipeline', user, project, object_attributes: { id: 31, status: 'success' } },
  user_add_to_group: {
    event_name: 'user_add_to_group',
    group_id: 100,
    group_path: 'webhook-test',
    user_id: 64,
    user_username: 'test_user',
    group_access: 'Guest',
  },
}
