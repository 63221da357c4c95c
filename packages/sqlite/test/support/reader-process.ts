// A process that reads the file in a transaction until it is told to end.
import { loadDriver } from '../../src/driver.ts'

const [path = ''] = process.argv.slice(2)
const database = loadDriver()(path)
database.exec('BEGIN')
database.prepare('SELECT count(*) FROM deliveries').get()
process.stdout.write('reads\n')
// Else it would be collected, and closed.
setInterval(() => database.exec('SELECT 1'), 1_000)
