/** Where this module is: in the build for `require` it has a file name, in the other a URL; a bundler may leave it neither. */
export const here: string | undefined = typeof __filename === 'string' ? __filename : import.meta.url
