import { expect } from 'vitest'

import type { Case } from './world.ts'

const claimsOf = (jwt: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >

/** Sessions and clients, and every kind of token. */
export const sessions: readonly Case[] = [
  {
    title: 'reads, lists and revokes sessions',
    run: async ({ client, createUser, signIn }) => {
      const { id: userId } = await createUser()
      const { sessionId, clientId } = await signIn(userId)
      const session = await client.sessions.getSession(sessionId)
      expect(session).toMatchObject({
        id: sessionId,
        clientId,
        userId,
        status: 'active',
        actor: null,
      })
      expect(session.expireAt).toBeGreaterThan(Date.now())
      expect(
        await client.sessions.getSessionList({ userId, status: 'active', limit: 5 }),
      ).toMatchObject({ totalCount: 1, data: [{ id: sessionId }] })
      expect(await client.sessions.revokeSession(sessionId)).toMatchObject({ status: 'revoked' })
      expect(await client.sessions.getSessionList({ userId, status: 'active' })).toMatchObject({
        totalCount: 0,
        data: [],
      })
    },
  },
  {
    title: 'starts sessions for a user, without a browser',
    since: 3,
    run: async ({ client, createUser }) => {
      const { id: userId } = await createUser()
      const session = await client.sessions.createSession({ userId })
      expect(session).toMatchObject({ userId, status: 'active' })
      const { jwt } = await client.sessions.getToken(session.id, '')
      expect(claimsOf(jwt)).toMatchObject({ sub: userId, sid: session.id })
    },
  },
  {
    title: 'asks the server about a session token, for those that verify none themselves',
    run: async ({ client, createUser, signIn }) => {
      const { sessionId, jwt } = await signIn((await createUser()).id)
      expect(await client.sessions.verifySession(sessionId, jwt)).toMatchObject({
        id: sessionId,
        status: 'active',
      })
      await expect(client.sessions.verifySession(sessionId, 'nothing')).rejects.toMatchObject({
        errors: [{ code: 'invalid_session_token' }],
      })
    },
  },
  {
    title: 'reads and verifies the client of a browser',
    run: async ({ client, createUser, signIn }) => {
      const { sessionId, clientId } = await signIn((await createUser()).id)
      expect(await client.clients.getClient(clientId)).toMatchObject({
        id: clientId,
        sessionIds: [sessionId],
        sessions: [{ id: sessionId, status: 'active' }],
        lastActiveSessionId: sessionId,
      })
      const { data } = await client.clients.getClientList({ limit: 1 })
      expect(data).toMatchObject([{ id: clientId }])
      await expect(client.clients.verifyClient('nothing')).rejects.toMatchObject({
        status: 400,
        errors: [{ code: 'cookie_invalid' }],
      })
    },
  },
  {
    title: 'signs session tokens and tokens of templates on the server',
    run: async ({ client, createUser, signIn, ask, version }) => {
      const { id: userId } = await createUser()
      const { sessionId } = await signIn(userId)
      const name = `my tmpl ${version}`
      await ask('POST', '/jwt_templates', { name, claims: { who: '{{user.id}}' } })
      const { jwt } = await client.sessions.getToken(sessionId, name)
      expect(claimsOf(jwt)).toMatchObject({ sub: userId, who: userId })
      await expect(client.sessions.getToken(sessionId, 'nothing')).rejects.toMatchObject({
        status: 404,
      })
    },
  },
  {
    title: 'signs session tokens that live as long as it asks',
    since: 3,
    run: async ({ client, createUser, signIn }) => {
      const { sessionId } = await signIn((await createUser()).id)
      const { jwt } = await client.sessions.getToken(sessionId, '', 600)
      const { sid, iat, exp } = claimsOf(jwt)
      expect(sid).toBe(sessionId)
      expect(Number(exp) - Number(iat)).toBe(600)
    },
  },
  {
    title: 'refuses to refresh without the token for it, and says why',
    run: async ({ client, createUser, signIn }) => {
      const { sessionId, jwt } = await signIn((await createUser()).id)
      await expect(
        client.sessions.refreshSession(sessionId, {
          format: 'cookie',
          expired_token: jwt,
          refresh_token: 'nothing',
          request_origin: 'http://app.localhost:3000',
          request_headers: {},
        }),
      ).rejects.toMatchObject({ status: 401, errors: [{ code: 'refresh_token_not_found' }] })
    },
  },
  {
    title: 'makes and revokes sign-in tokens',
    run: async ({ client, createUser }) => {
      const { id: userId } = await createUser()
      const token = await client.signInTokens.createSignInToken({ userId, expiresInSeconds: 60 })
      expect(token).toMatchObject({ userId, status: 'pending' })
      expect(new URL(token.url).pathname).toMatch(/^\/v1\/tickets\/accept/)
      expect(await client.signInTokens.revokeSignInToken(token.id)).toMatchObject({
        status: 'revoked',
      })
      await expect(client.signInTokens.revokeSignInToken(token.id)).rejects.toMatchObject({
        status: 400,
        errors: [{ code: 'sign_in_token_cannot_be_revoked_code' }],
      })
    },
  },
  {
    title: 'makes and revokes actor tokens',
    since: 3,
    run: async ({ client, createUser }) => {
      const [actor, target] = [await createUser(), await createUser()]
      const token = await client.actorTokens.create({
        userId: target.id,
        actor: { sub: actor.id },
        expiresInSeconds: 60,
      })
      expect(token).toMatchObject({
        userId: target.id,
        actor: { sub: actor.id },
        status: 'pending',
      })
      expect(await client.actorTokens.revoke(token.id)).toMatchObject({ status: 'revoked' })
    },
  },
  {
    title: 'makes testing tokens',
    run: async ({ client }) => {
      const token = await client.testingTokens.createTestingToken()
      expect(token).toMatchObject({ object: 'testing_token', token: expect.stringMatching(/./) })
    },
  },
  {
    title: 'keeps templates of tokens',
    since: 3,
    run: async ({ client }) => {
      const created = await client.jwtTemplates.create({
        name: 'reports',
        claims: { role: 'reader' },
        lifetime: 120,
        allowedClockSkew: 10,
      })
      expect(created).toMatchObject({
        name: 'reports',
        claims: { role: 'reader' },
        lifetime: 120,
        allowedClockSkew: 10,
        customSigningKey: false,
        signingAlgorithm: 'RS256',
      })
      expect(await client.jwtTemplates.get(created.id)).toMatchObject({ id: created.id })
      const updated = await client.jwtTemplates.update({
        templateId: created.id,
        name: 'reports',
        claims: { role: 'writer' },
      })
      expect(updated).toMatchObject({ claims: { role: 'writer' }, lifetime: 120 })
      const { data, totalCount } = await client.jwtTemplates.list({ limit: 100 })
      expect(totalCount).toBe(data.length)
      expect(data.map(({ id }) => id)).toContain(created.id)
      expect(await client.jwtTemplates.delete(created.id)).toMatchObject({
        id: created.id,
        deleted: true,
      })
    },
  },
  {
    title: 'reads the public keys',
    since: 3,
    run: async ({ client }) => {
      const { keys } = await client.jwks.getJwks()
      expect(keys).toMatchObject([{ kty: 'RSA', alg: 'RS256', use: 'sig' }])
    },
  },
  {
    title: 'adds, changes and removes satellite domains',
    since: 3,
    run: async ({ client }) => {
      const added = await client.domains.add({ name: 'satellite.example.com', is_satellite: true })
      expect(added).toMatchObject({ name: 'satellite.example.com', isSatellite: true })
      const { data } = await client.domains.list()
      expect(data.map(({ name }) => name)).toContain('satellite.example.com')
      const updated = await client.domains.update({ domainId: added.id, name: 'moon.example.com' })
      expect(updated.name).toBe('moon.example.com')
      expect(await client.domains.delete(added.id)).toMatchObject({ id: added.id, deleted: true })
    },
  },
  {
    title: 'removes satellite domains by the older name of the method',
    run: async ({ client, ask }) => {
      const { id } = await ask<{ id: string }>('POST', '/domains', {
        name: 'older.example.com',
        is_satellite: true,
      })
      expect(await client.domains.deleteDomain(id)).toMatchObject({ id, deleted: true })
      await expect(client.domains.deleteDomain(id)).rejects.toMatchObject({ status: 404 })
    },
  },
]
