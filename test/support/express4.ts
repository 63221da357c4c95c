// For the tests of packages that have Express 5, whose types serve for what both have.
import { createRequire } from 'node:module'
import type express from 'express'

/** Express 4. */
export const express4: typeof express = createRequire(import.meta.url)('express4') as typeof express
