/** The value of a column. */
export type SqlValue = null | number | string | Uint8Array

/** One row, by column name. */
export type SqlRow = Readonly<Record<string, SqlValue>>

/** A prepared statement; every call binds anew and leaves nothing open. */
export interface SqlStatement {
  run(...values: SqlValue[]): { readonly changes: number; readonly lastInsertRowid: number }
  get(...values: SqlValue[]): SqlRow | undefined
  all(...values: SqlValue[]): SqlRow[]
}

/** An open connection. */
export interface SqlDatabase {
  exec(sql: string): void
  prepare(sql: string): SqlStatement
  /** `atOnce`: the handle too, which otherwise may stay open until memory is collected. */
  close(atOnce?: boolean): void
}
