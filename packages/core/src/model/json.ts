/** A parsed JSON object whose fields are not known yet. */
export type JsonObject = { readonly [key: string]: unknown }
