/** What somebody who has signed in must still do before an app lets them in, as a table: a task is a row. */

import type { Instance } from '../instances/instance.ts'

interface Task {
  readonly key: string
  readonly isOpen: (instance: Instance, organizationId: string | null) => boolean
}

const TASKS: readonly Task[] = [
  {
    key: 'choose-organization',
    isOpen: ({ settings }, organizationId) =>
      settings.organizations && settings.force_organization_selection && organizationId === null,
  },
]

/**
 * The tasks of a session that are open, the first of which is shown. They follow from what is stored, so that a
 * membership that ends opens one again.
 *
 * @param organizationId the organization the session acts in
 */
export function openTasks(
  instance: Instance,
  organizationId: string | null,
): readonly { readonly key: string }[] {
  return TASKS.filter(({ isOpen }) => isOpen(instance, organizationId)).map(({ key }) => ({ key }))
}
