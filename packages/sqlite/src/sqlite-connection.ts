/** A prepared statement of a {@link SqliteConnection}. */
export interface SqliteStatement {
  /** Runs it. */
  run(...values: (null | number | bigint | string | Uint8Array)[]): unknown
  /** The first row; nothing where there is none. */
  get(...values: (null | number | bigint | string | Uint8Array)[]): unknown
}

/** An open connection of `node:sqlite`, better-sqlite3 or libsql. */
export interface SqliteConnection {
  /** Runs statements without values. */
  exec(sql: string): unknown
  /** Prepares a statement. */
  prepare(sql: string): SqliteStatement
}
