/** The page that answers an address, where that is of a page of the API in Spanish; else nothing. */
export function toEnglishApi(path: string): string | undefined {
  return /^\/es\/api\/./.test(path) ? path.slice('/es'.length) : undefined
}
