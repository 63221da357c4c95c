// The theme imports its style; Vite makes of it what a browser reads.
declare module '*.css'
