import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useHost, useUniqueId } from '../host.ts'
import { Alert } from '../parts/alert.tsx'
import { SubmitButton } from '../parts/button.tsx'
import { Form, type Values } from '../parts/form.tsx'
import { TitleContext } from '../parts/step.tsx'
import { summaryOf } from '../problem.ts'
import { useTask, type Task } from '../task.ts'

interface DisclosureProps {
  /** What the button says. */
  readonly label: string
  /** What the button says to those who do not see what it stands beside: "Remove ada@example.com". */
  readonly description?: string | undefined
  readonly isDanger?: boolean
  /** Heading of what opens; default: the label. */
  readonly title?: string
  readonly children: (close: () => void) => ComponentChildren
}

/** A button in whose place a form opens. Closing it gives the focus back to the button. */
export function Disclosure(props: DisclosureProps): JSX.Element {
  const [isOpen, setOpen] = useState(false)
  const buttonRef = useRef<HTMLButtonElement>(null)
  const wasOpenRef = useRef(false)

  useEffect(() => {
    if (!isOpen && wasOpenRef.current) buttonRef.current?.focus()
    wasOpenRef.current = isOpen
  }, [isOpen])

  const close = (): void => setOpen(false)
  if (isOpen) {
    return (
      <Panel title={props.title ?? props.label} onClose={close}>
        {props.children(close)}
      </Panel>
    )
  }
  return (
    <button
      ref={buttonRef}
      class="core-action"
      type="button"
      data-danger={props.isDanger === true ? '' : undefined}
      aria-label={props.description}
      aria-expanded={false}
      onClick={() => setOpen(true)}
    >
      {props.label}
    </button>
  )
}

const FIELD = 'input:not([tabindex="-1"]), select, textarea'

/** A form with its heading. It takes the focus; Escape closes it. */
function Panel(props: {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}): JSX.Element {
  const id = useUniqueId()
  const ref = useRef<HTMLDivElement>(null)

  const { onClose } = props

  useLayoutEffect(() => {
    const field = ref.current?.querySelector<HTMLElement>(FIELD)
    const target = field ?? ref.current?.querySelector<HTMLElement>('h3')
    target?.focus()
  }, [])

  useEffect(() => {
    const panel = ref.current
    function leave(event: KeyboardEvent): void {
      if (event.key !== 'Escape') return
      // The dialog that the page may stand in stays open.
      event.preventDefault()
      event.stopPropagation()
      onClose()
    }
    panel?.addEventListener('keydown', leave)
    return () => panel?.removeEventListener('keydown', leave)
  }, [onClose])

  return (
    <TitleContext.Provider value={id}>
      <div ref={ref} class="core-panel">
        <h3 class="core-panelTitle" id={id} tabIndex={-1}>
          {props.title}
        </h3>
        {props.children}
      </div>
    </TitleContext.Provider>
  )
}

interface ActionFormProps {
  readonly submit: string
  /** What the button says that does nothing; default: "Cancel". */
  readonly dismiss?: string | undefined
  readonly isDanger?: boolean
  readonly task?: Task
  /** Names of fields that the form has besides its inputs. */
  readonly fields?: readonly string[] | undefined
  /** Keeps the panel open after success, for what comes next in it. */
  readonly staysOpen?: boolean
  /** Does what the form is for. */
  readonly onSubmit: (values: Values) => Promise<void>
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** A form in a panel: its fields, a button that does it, one that does not. */
export function ActionForm(props: ActionFormProps): JSX.Element {
  const { text } = useHost()
  const own = useTask()
  const task = props.task ?? own
  return (
    <Form
      task={task}
      fields={props.fields}
      onSubmit={async (values) => {
        await props.onSubmit(values)
        if (props.staysOpen !== true) props.onClose()
      }}
    >
      {props.children}
      <div class="core-formActions">
        <SubmitButton isBusy={task.isBusy} isDanger={props.isDanger ?? false}>
          {props.submit}
        </SubmitButton>
        <button class="core-action" type="button" onClick={props.onClose}>
          {props.dismiss ?? text.cancel}
        </button>
      </div>
    </Form>
  )
}

/** A button that does something at once, and says beside itself why it could not. */
export function ActionButton(props: {
  readonly label: string
  readonly description?: string
  readonly isDanger?: boolean
  readonly onPress: () => Promise<void>
}): JSX.Element {
  const task = useTask()
  return (
    <>
      <button
        class="core-action"
        type="button"
        data-danger={props.isDanger === true ? '' : undefined}
        aria-label={props.description}
        aria-busy={task.isBusy}
        aria-disabled={task.isBusy ? 'true' : undefined}
        onClick={() => void task.run(props.onPress)}
      >
        {props.label}
      </button>
      <Alert>{summaryOf(task.problem)}</Alert>
    </>
  )
}
