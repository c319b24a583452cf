import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useHost, useUniqueId } from '../host.ts'

/**
 * A password field for password managers, on a screen that asks for the identifier only. It takes no room and no focus until it is filled;
 * then it shows that it is, and is sent along.
 */
export function DormantPassword(): JSX.Element {
  const { text } = useHost()
  const id = useUniqueId()
  const [isAwake, setAwake] = useState(false)
  return (
    <div
      class="core-formField"
      data-dormant={isAwake ? undefined : ''}
      aria-hidden={isAwake ? undefined : 'true'}
    >
      {isAwake && (
        <div class="core-formFieldLabelRow">
          <label class="core-formFieldLabel" for={id}>
            {text.field.password}
          </label>
        </div>
      )}
      <input
        class="core-formFieldInput"
        id={id}
        name="password"
        type="password"
        autocomplete="current-password"
        tabIndex={isAwake ? undefined : -1}
        onInput={(event) => {
          if (event.currentTarget.value !== '') setAwake(true)
        }}
      />
    </div>
  )
}
