/** Tokens for other services: the claims of a template, filled in for a session. */

import { randomBytes } from 'node:crypto'

import { TOKEN_CATEGORIES, type TokenJSON } from '@core/protocol'
import { SignJWT } from 'jose'

import type { ArrivedSession } from '../http/arrived.ts'
import { ApiError } from '../http/errors.ts'
import type { Instance } from '../instances/instance.ts'
import type { Services } from '../services.ts'
import { toSeconds } from '../time.ts'
import { findUser } from '../users/user.ts'
import { openStoredKey } from '../vault/stored-keys.ts'
import { renderClaims } from './render.ts'
import { importTemplateKey } from './signing-key.ts'
import { readSubject } from './subject.ts'
import { findTemplate, keyPlaceOf } from './template.ts'

/**
 * Issues a token of a template for a live session.
 *
 * @param origin origin of the page that asks; `null` for servers
 * @param lifetime seconds, instead of the template's
 * @throws {ApiError} `resource_not_found` if there is no template by that name
 */
export async function issueTemplateToken(
  services: Services,
  instance: Instance,
  session: ArrivedSession,
  name: string,
  { origin, lifetime }: { readonly origin: string | null; readonly lifetime?: number | null },
): Promise<TokenJSON> {
  const { database } = services
  const template = await findTemplate(database, instance.id, name)
  const user = await findUser(database, instance.id, session.userId)
  if (template === null || user === null) throw new ApiError('resource_not_found')
  const issuedAt = toSeconds(services.now())
  const payload = {
    ...renderClaims(
      template.claims,
      await readSubject(database, instance, session, user, services.now()),
    ),
    // Last: nothing that a template says takes the place of these.
    iss: instance.origin,
    sub: user.id,
    iat: issuedAt,
    nbf: issuedAt - template.allowedClockSkew,
    exp: issuedAt + (lifetime ?? template.lifetime),
    jti: randomBytes(10).toString('hex'),
    ...(origin === null ? {} : { azp: origin }),
  }
  const header = { typ: 'JWT', cat: TOKEN_CATEGORIES.template }
  const { signingAlgorithm: algorithm, signingKey: kept } = template
  if (algorithm === null || kept === null) {
    const signer = await services.signerOf(instance.id)
    return { object: 'token', jwt: await signer.sign(payload, header) }
  }
  const text = openStoredKey(services.vault, keyPlaceOf(template), kept)
  const jwt = await new SignJWT(payload)
    .setProtectedHeader({ ...header, alg: algorithm })
    .sign(await importTemplateKey({ algorithm, text }))
  return { object: 'token', jwt }
}
