import { transact } from '../database/transact.ts'
import type { Params } from '../http/params.ts'
import type { Services } from '../services.ts'
import type { AuditAction } from './actions.ts'
import { record, type Author } from './record.ts'
import type { AuditDetail } from './tables.ts'

/** A request, as far as an event is told from it. */
interface Request extends Author {
  readonly path: Readonly<Record<string, string>>
  readonly body: Params
}

/**
 * Handles a request in one transaction with the event that it is. Not for what sends mails, hashes passwords
 * or reads files: others would wait for that. Nor for what keeps a change that comes with a refusal, or asks a
 * service that takes a connection of its own.
 */
export function handleRecorded(
  services: Services,
  request: Request,
  action: AuditAction,
  handle: (services: Services) => Promise<unknown>,
): Promise<unknown> {
  return transact(services.database, async (tx) => {
    const answer = await handle({ ...services, database: tx })
    const { id, ...ids } = idsOf(answer)
    const { id: parent, ...path } = request.path
    const subject = id ?? parent ?? request.instance.id
    const others = Object.entries({ ...(parent === undefined ? {} : { parent }), ...path, ...ids })
    const detail: AuditDetail = {
      ...Object.fromEntries(others.filter(([, other]) => other !== subject)),
      ...(action.endsWith('.updated') ? { fields: request.body.names() } : {}),
    }
    await record(tx, request, action, subject, detail)
    return answer
  })
}

/** Members of an answer, or of what it holds, that say what it is about. */
const IDS = ['id', 'user_id', 'organization_id'] as const

function idsOf(answer: unknown): Readonly<Record<string, string>> {
  if (typeof answer !== 'object' || answer === null) return {}
  const { public_user_data: user, organization } = answer as Readonly<Record<string, unknown>>
  const found: Record<string, string> = {}
  for (const name of IDS) {
    const id = (answer as Readonly<Record<string, unknown>>)[name]
    if (typeof id === 'string') found[name] = id
  }
  const userId = (user as { readonly user_id?: unknown } | null | undefined)?.user_id
  if (typeof userId === 'string') found['user_id'] = userId
  const organizationId = (organization as { readonly id?: unknown } | null | undefined)?.id
  if (typeof organizationId === 'string') found['organization_id'] = organizationId
  return found
}
