// Express' response is Node's.
export { writeNodeAnswer as writeOutcome } from '@acuse/core/adapter'
