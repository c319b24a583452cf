import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Person } from './person.ts'

/** The user's picture, or their initials while there is none. Says nothing to screen readers: the name stands beside it. */
export function Avatar(props: {
  readonly person: Person
  readonly size?: 'large' | 'huge'
}): JSX.Element {
  const { person, size } = props
  const [broken, setBroken] = useState<string | null>(null)
  const showsImage = person.imageUrl !== null && person.imageUrl !== broken
  return (
    <span
      class="core-avatarBox"
      data-size={size}
      data-shape={person.isOrganization === true ? 'square' : undefined}
      aria-hidden="true"
    >
      {showsImage ? (
        <img
          class="core-avatarImage"
          src={person.imageUrl ?? ''}
          alt=""
          referrerpolicy="no-referrer"
          onError={() => setBroken(person.imageUrl)}
        />
      ) : (
        person.initials
      )}
    </span>
  )
}
