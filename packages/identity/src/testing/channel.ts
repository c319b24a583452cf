/** Questions between the tests and a process they started, in either direction. */

/** One end: the child process, or `process` within it. */
export interface End {
  send?(message: object): unknown
  on(event: 'message', listener: (message: unknown) => void): unknown
}

/** What the other side may ask, by name. */
export type Answers = Readonly<Record<string, (...args: never[]) => unknown>>

interface Message {
  readonly id: number
  readonly ask?: string
  readonly args?: readonly unknown[]
  readonly result?: unknown
  readonly error?: { readonly name: string; readonly message: string; readonly code?: string }
}

/** Answers what the other side asks, and returns the function that asks it. */
export function openChannel(
  end: End,
  answers: Answers,
): (name: string, ...args: readonly unknown[]) => Promise<unknown> {
  const waiting = new Map<number, (message: Message) => void>()
  let asked = 0
  const answer = async ({ id, ask = '', args = [] }: Message): Promise<void> => {
    try {
      const result = await answers[ask]?.(...(args as never[]))
      end.send?.({ id, result })
    } catch (error) {
      const { name, message, code } = error as Error & { readonly code?: string }
      end.send?.({ id, error: { name, message, code } })
    }
  }
  end.on('message', (received) => {
    const message = received as Message
    if (message.ask !== undefined) return void answer(message)
    waiting.get(message.id)?.(message)
    waiting.delete(message.id)
    return undefined
  })
  return (name, ...args) =>
    new Promise((resolve, reject) => {
      const id = ++asked
      waiting.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result)
        else reject(Object.assign(new Error(error.message), error))
      })
      end.send?.({ id, ask: name, args })
    })
}
