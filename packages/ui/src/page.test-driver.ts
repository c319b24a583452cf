/** What a person does on a page: finds things by their names, types, presses. */

import { expect, vi, type MockInstance } from 'vitest'
import type { ComponentName } from '@core/js'
import { mount, openModal } from './index.tsx'
import type { FakeClerk } from './clerk.test-double.ts'

const mounted: { unmount(): void }[] = []
let consoleError: MockInstance<typeof console.error>

/** Starts a test with an empty page that nobody has complained about. */
export function preparePage(): void {
  consoleError = vi.spyOn(console, 'error')
}

/** Mounts a component into the page. */
export function show(
  component: ComponentName,
  { clerk }: FakeClerk,
  props: object = {},
): ReturnType<typeof mount> & { readonly node: HTMLElement } {
  const node = document.createElement('div')
  document.body.append(node)
  const handle = mount(component, node, props, clerk)
  mounted.push(handle)
  return { ...handle, node }
}

/** Opens a component in a dialog. */
export function showModal(
  component: 'SignIn' | 'SignUp' | 'UserProfile',
  { clerk }: FakeClerk,
  props: object = {},
): ReturnType<typeof openModal> {
  const handle = openModal(component, props, clerk)
  mounted.push(handle)
  return handle
}

/** Takes everything off the page, and fails if something was reported on the console meanwhile. */
export function clearPage(): void {
  for (const handle of mounted.splice(0)) handle.unmount()
  document.body.replaceChildren()
  const [complaint] = consoleError.mock.calls
  if (complaint !== undefined) throw new Error(`Reported on the console: ${String(complaint[0])}`)
}

/** Waits until the heading of a step is there. */
export async function atStep(title: string): Promise<void> {
  await until(() => expect(document.querySelector('h1')?.textContent).toBe(title))
}

/** Waits until an expectation holds. */
export async function until(expectation: () => void): Promise<void> {
  await vi.waitFor(expectation, { timeout: 2000, interval: 5 })
}

/** Lets everything that is under way come to rest. */
export async function rest(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Finds the input with this label. */
export function field(label: string): HTMLInputElement {
  const labels = [...document.querySelectorAll('label')]
  const found = labels.find((item) => item.textContent?.trim() === label)
  const input = found?.htmlFor
    ? document.querySelector<HTMLInputElement>(`#${found.htmlFor}`)
    : found?.querySelector('input')
  if (!input) throw new Error(`There is no field "${label}" on the page.`)
  return input
}

/** Finds a button or a link by its text or its label. */
export function button(name: string | RegExp): HTMLElement {
  const all = [...document.querySelectorAll<HTMLElement>('button, a')]
  const found = all.find((item) => {
    const text = item.getAttribute('aria-label') ?? item.textContent ?? ''
    return typeof name === 'string' ? text === name : name.test(text)
  })
  if (found === undefined) throw new Error(`There is no button "${String(name)}" on the page.`)
  return found
}

/** Types into a field. */
export function type(input: HTMLInputElement, value: string): void {
  input.value = value
  input.dispatchEvent(new Event('input', { bubbles: true }))
}

/** Presses Enter in the form on the page. */
export function submit(): void {
  const form = document.querySelector('form')
  form?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
}

export function press(element: Element | null, key: string): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
  element?.dispatchEvent(event)
  return event
}

/** Reads what is said about a field: the elements that it refers to. */
export function descriptionOf(input: HTMLInputElement): string {
  const ids = (input.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean)
  return ids.map((id) => document.querySelector(`#${id}`)?.textContent ?? '').join(' ')
}

/** Reads what is said about the form as a whole. */
export function alertText(): string {
  return document.querySelector('[role="alert"]')?.textContent ?? ''
}
