/**
 * The state of the file: `moved`, the path names another file or none; `overwritten`, another content was written into
 * it; `shortened`, its WAL lost its end; `parted`, its WAL or its index is gone.
 */
export type TroubleKind = 'moved' | 'overwritten' | 'shortened' | 'parted'

/** The open file is no longer the one that the path names: writes to it would be lost. */
export class FileTrouble extends Error {
  readonly kind: TroubleKind

  constructor(kind: TroubleKind, message: string) {
    super(message)
    this.name = 'FileTrouble'
    this.kind = kind
  }
}

/** The file cannot be used for now, and is opened anew. */
export class FileUnavailable extends Error {
  constructor(cause: unknown, reason: string) {
    super(`The inbox cannot use its file; it is opened anew: ${reason}`, { cause })
    this.name = 'FileUnavailable'
  }
}
