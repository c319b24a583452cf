import type { JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useHost, useUniqueId } from '../host.ts'
import { FieldError } from './field.tsx'
import { useFormTask } from './form.tsx'

const LENGTH = 6

/**
 * One input drawn as six boxes: a code can be typed, pasted with spaces and filled by the system, and a screen reader meets a single
 * field. Submits its form with the last digit.
 */
export function CodeInput(): JSX.Element {
  const { text } = useHost()
  const { problem, clear } = useFormTask()
  const id = useUniqueId()
  const ref = useRef<HTMLInputElement>(null)
  const [code, setCode] = useState('')
  const error = problem?.fields['code']
  const isRefused = problem?.codes.some((item) => item === 'form_code_incorrect') ?? false

  // A refused code is no start for the next try.
  useLayoutEffect(() => {
    if (!isRefused || ref.current === null) return
    ref.current.value = ''
    setCode('')
  }, [isRefused])

  function change(input: HTMLInputElement): void {
    const next = digitsOf(input.value)
    input.value = next
    if (next === code) return
    setCode(next)
    clear('code')
    if (next.length === LENGTH) input.form?.requestSubmit()
  }

  return (
    <div class="core-formField">
      <label class="core-hidden" for={id}>
        {text.field.code}
      </label>
      <div class="core-otpCodeField" data-invalid={error === undefined ? undefined : ''}>
        <input
          ref={ref}
          class="core-otpCodeFieldNative"
          id={id}
          name="code"
          data-kind="code"
          type="text"
          inputMode="numeric"
          autocomplete="one-time-code"
          autocapitalize="none"
          spellcheck={false}
          required
          minLength={LENGTH}
          aria-invalid={error === undefined ? undefined : 'true'}
          aria-describedby={error === undefined ? undefined : `${id}-error`}
          onInput={(event) => change(event.currentTarget)}
          onFocus={(event) => toEnd(event.currentTarget)}
          onPointerUp={(event) => toEnd(event.currentTarget)}
        />
        <div class="core-otpCodeFieldInputs" aria-hidden="true">
          {Array.from({ length: LENGTH }, (_, index) => (
            <div
              class="core-otpCodeFieldInput"
              key={index}
              data-active={index === Math.min(code.length, LENGTH - 1) ? '' : undefined}
            >
              {code[index]}
            </div>
          ))}
        </div>
      </div>
      <FieldError id={`${id}-error`}>{error}</FieldError>
    </div>
  )
}

/** Reads the digits of whatever was typed or pasted, full-width ones included. */
export function digitsOf(text: string): string {
  return text.normalize('NFKC').replaceAll(/\D/g, '').slice(0, LENGTH)
}

// The boxes show no caret between digits, so typing always continues at the end.
function toEnd(input: HTMLInputElement): void {
  input.setSelectionRange(input.value.length, input.value.length)
}
