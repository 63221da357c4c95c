// For the tests of packages that have ioredis 6.
export { Redis as Redis5 } from 'ioredis5'
