/** Asks the database once for what several requests want to know at the same time. */

/** How many statements may be under way before what is asked for waits to be asked together. */
const MAX_UNDER_WAY = 2

/** A statement with more keys than this is no faster than two. */
const MAX_KEYS = 100

interface Waiting<Key, Value> {
  readonly key: Key
  readonly resolve: (value: Value) => void
  readonly reject: (error: unknown) => void
}

/**
 * Makes one function that answers for one key out of a statement that answers for many. The statement always
 * begins after the question was put, so that an answer is as fresh as if it had been asked alone. A process
 * with little to do asks at once; the more it has to do, the more questions go into a statement.
 *
 * @param load answers for every key, in their order
 */
export function createBatch<Key, Value>(
  load: (keys: readonly Key[]) => Promise<readonly Value[]>,
): (key: Key) => Promise<Value> {
  const waiting: Waiting<Key, Value>[] = []
  let underWay = 0
  let isPlanned = false

  const plan = (): void => {
    if (isPlanned || underWay >= MAX_UNDER_WAY || waiting.length === 0) return
    isPlanned = true
    // After everything that has arrived with this turn of the event loop has put its question.
    setImmediate(() => {
      isPlanned = false
      void ask(waiting.splice(0, MAX_KEYS))
      plan()
    })
  }
  const ask = async (asked: readonly Waiting<Key, Value>[]): Promise<void> => {
    underWay++
    try {
      const values = await load(asked.map(({ key }) => key))
      asked.forEach(({ resolve }, n) => resolve(values[n] as Value))
    } catch (error) {
      for (const { reject } of asked) reject(error)
    } finally {
      underWay--
      plan()
    }
  }
  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject })
      plan()
    })
}
