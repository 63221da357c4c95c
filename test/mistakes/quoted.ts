import { redcumbreWebhooks } from '@acuse/express'
import { secret } from './secret.ts'

redcumbreWebhooks(`'${secret}'`)
