import Database from 'libsql'

/** The books of a small company, in one SQLite file. */
export interface Ledger {
  /** Books a document, once for an event: the same event again changes nothing. */
  enter(eventId: string, document: string, net: number): void
  /** How often each document was booked. */
  timesBooked(): Map<string, number>
}

const tables = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS entries (document TEXT NOT NULL, net INTEGER NOT NULL);`

/** Opens the ledger in a file, and makes it where there is none. */
export function openLedger(path: string): Ledger {
  const database = new Database(path)
  database.exec(tables)
  const remember = database.prepare('INSERT INTO events (id) VALUES (?) ON CONFLICT DO NOTHING')
  const book = database.prepare('INSERT INTO entries (document, net) VALUES (?, ?)')
  const count = database.prepare('SELECT document, count(*) AS times FROM entries GROUP BY document')
  // Both or neither: a crash between them would book it never, or twice.
  const enterOnce = database.transaction((eventId: string, document: string, net: number) => {
    if (remember.run(eventId).changes === 1) book.run(document, net)
  })
  return {
    enter: (eventId, document, net) => enterOnce(eventId, document, net),
    timesBooked() {
      const rows = count.all() as { document: string; times: number }[]
      return new Map(rows.map(({ document, times }) => [document, times]))
    },
  }
}
