import { fileURLToPath } from 'node:url'
import {
  buildSignInUrl,
  buildSignUpUrl,
  clerkClient,
  clerkMiddleware,
  getAuth,
  isClerkAPIResponseError,
  requireAuth,
} from '@core/express'
import express from 'express'
import { adminPage, dashboardPage, homePage, organizationPage } from './pages.ts'
import { securityHeaders } from './security-headers.ts'

const app = express()

app.disable('x-powered-by')
app.use(securityHeaders)
app.use(express.static(fileURLToPath(new URL('../public', import.meta.url))))
// The browser client comes from this app itself, as everything else does.
app.use('/core.js', express.static(fileURLToPath(import.meta.resolve('@core/js/browser'))))

// Finds out who is asking, for every route below.
app.use(
  clerkMiddleware({
    // The organization of a page's URL becomes the active one.
    organizationSyncOptions: { organizationPatterns: ['/orgs/:slug', '/orgs/:slug/(.*)'] },
  }),
)

app.get('/', (req, res) => {
  res.send(homePage(getAuth(req)))
})

app.get('/dashboard', requireAuth(), (req, res) => {
  res.send(dashboardPage(getAuth(req)))
})

app.get('/admin', requireAuth(), (req, res, next) => {
  const auth = getAuth(req)
  if (auth.has({ role: 'org:admin' })) res.send(adminPage(auth))
  else next()
})

app.use('/orgs', requireAuth())
app.get('/orgs/:slug', (req, res) => {
  res.send(organizationPage(req.params.slug, getAuth(req)))
})

app.get('/sign-in', (req, res) => {
  res.redirect(buildSignInUrl(req, { returnBackUrl: '/dashboard' }))
})

app.get('/sign-up', (req, res) => {
  res.redirect(buildSignUpUrl(req, { returnBackUrl: '/dashboard' }))
})

app.get('/api/me', (req, res) => {
  const { userId, sessionId, orgId = null, orgRole = null, orgSlug = null } = getAuth(req)
  res.status(userId ? 200 : 401).json({ userId, sessionId, orgId, orgRole, orgSlug })
})

app.get('/api/protected', (req, res, next) => {
  if (getAuth(req).userId) res.json({ ok: true })
  else next()
})

app.get('/api/user', async (req, res) => {
  const { userId } = getAuth(req)
  if (!userId) {
    res.status(401).json({ error: 'You are signed out.' })
    return
  }
  try {
    res.json(await clerkClient.users.getUser(userId))
  } catch {
    res.status(503).json({ error: 'The identity server does not answer.' })
  }
})

app.get('/api/token', async (req, res) => {
  const { userId, getToken } = getAuth(req)
  if (!userId) {
    res.status(401).json({ error: 'You are signed out.' })
    return
  }
  const { template } = req.query
  try {
    res.json({ token: await getToken(typeof template === 'string' ? { template } : {}) })
  } catch (error) {
    if (isClerkAPIResponseError(error) && error.status === 404) {
      res.status(404).json({ error: 'There is no such template.' })
    } else res.status(503).json({ error: 'The identity server does not answer.' })
  }
})

const port = Number(process.env['PORT'] ?? 3001)
app.listen(port, () => console.log(`Express demo ready on http://localhost:${port}`))
