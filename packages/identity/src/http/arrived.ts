/** What is read of a browser when its request arrives: no more than it takes to give it a session token. */

import { clientTokens, clients, sessions } from '../database/schema.ts'

export const TOKEN_COLUMNS = {
  tokenHash: clientTokens.tokenHash,
  instanceId: clientTokens.instanceId,
  kind: clientTokens.kind,
  createdAt: clientTokens.createdAt,
}

/** The token by which a browser is known. */
export type ArrivedToken = Pick<typeof clientTokens.$inferSelect, keyof typeof TOKEN_COLUMNS>

export const CLIENT_COLUMNS = {
  id: clients.id,
  instanceId: clients.instanceId,
  updatedAt: clients.updatedAt,
}

/** The client of a browser. */
export type ArrivedClient = Pick<typeof clients.$inferSelect, keyof typeof CLIENT_COLUMNS>

export const SESSION_COLUMNS = {
  id: sessions.id,
  instanceId: sessions.instanceId,
  userId: sessions.userId,
  status: sessions.status,
  expireAt: sessions.expireAt,
  abandonAt: sessions.abandonAt,
  lastActiveAt: sessions.lastActiveAt,
  lastActiveOrganizationId: sessions.lastActiveOrganizationId,
  firstFactorAt: sessions.firstFactorAt,
  secondFactorAt: sessions.secondFactorAt,
  origin: sessions.origin,
  actor: sessions.actor,
}

/** A session that somebody uses. */
export type ArrivedSession = Pick<typeof sessions.$inferSelect, keyof typeof SESSION_COLUMNS>
