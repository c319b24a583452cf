import { useEffect, useState } from 'preact/hooks'
import { useAccount } from '../account/account.ts'
import type { RoleJSON } from './wire.ts'

interface Page {
  readonly data: readonly RoleJSON[]
}

/** Reads the roles that the server has for members of an organization. */
export function useRoles(organizationId: string): readonly RoleJSON[] {
  const { call } = useAccount()
  const [roles, setRoles] = useState<readonly RoleJSON[]>([])
  useEffect(() => {
    let isCurrent = true
    async function load(): Promise<void> {
      try {
        const search = { limit: '20', offset: '0' }
        const { data } = await call<Page>(`/organizations/${organizationId}/roles`, { search })
        if (isCurrent) setRoles(data)
      } catch {
        // Without them a role is shown and cannot be changed.
      }
    }
    void load()
    return () => {
      isCurrent = false
    }
  }, [call, organizationId])
  return roles
}
