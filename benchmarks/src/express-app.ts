/** An Express app for {@link file://./express.ts}: with the middleware, or with nothing. */
import type { AddressInfo } from 'node:net'

import { clerkMiddleware, getAuth } from '@core/express'
import express from 'express'

const app = express()
app.disable('etag')

if (process.argv[2] === 'middleware') {
  app.use(clerkMiddleware())
  app.get('/', (req, res) => {
    res.json({ userId: getAuth(req).userId })
  })
} else {
  app.get('/', (_, res) => {
    res.json({ userId: 'user_1' })
  })
}

const server = app.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port)
})
process.on('disconnect', () => process.exit())
