// esbuild puts these files into the bundle: `.pem` and `.txt` as text, `.bin` as bytes.
declare module '*.pem' {
  const text: string
  export default text
}

declare module '*.txt' {
  const text: string
  export default text
}

declare module '*.bin' {
  const bytes: Uint8Array<ArrayBuffer>
  export default bytes
}
