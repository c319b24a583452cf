/**
 * Statements of the embedded database that are prepared once. Its own `query` has every text parsed, described and
 * planned anew, which takes several times as long as running it, and stops the whole process for as long.
 */

import { messages, Mutex, protocol, type PGlite, type Results } from '@electric-sql/pglite'

/** How many texts are known at a time. A server has about three hundred, and some have lists in them. */
const MAX_KNOWN = 500

/**
 * How often a plan is used before it is made anew. Nothing in the engine notices that a table has grown since,
 * and what was best for ten rows is not for a million.
 */
const MAX_USES = 500

/** A text that was seen before. */
interface Known {
  readonly name: string
  /** `null` until it is prepared: what runs but once need not be. */
  shape: Shape | null
  uses: number
}

/** What a text takes and returns. */
interface Shape {
  readonly parameters: readonly number[]
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[]
}

type Query = PGlite['query']
type Options = Parameters<Query>[2]

/**
 * Lets a database prepare the statements that it is sent again.
 *
 * @param onChange is told how many rows a statement has changed
 */
export async function prepareStatements(
  client: PGlite,
  onChange: (rows: number) => void = () => undefined,
): Promise<void> {
  // Otherwise it plans anew whenever it believes to find something better for these very values.
  await client.query('set plan_cache_mode = force_generic_plan')
  const known = new Map<string, Known>()
  // Messages pass by the locks of the engine: without this one they would get into a transaction of others.
  const turn = new Mutex()
  let count = 0

  const send = async (parts: readonly Uint8Array[], syncToFs: boolean) => {
    const sent = Buffer.concat([...parts, protocol.serialize.sync()])
    return (await client.execProtocol(sent, { syncToFs })).messages
  }

  const know = async (text: string): Promise<Known> => {
    const before = known.get(text)
    // The one that was used last is the last to be forgotten.
    known.delete(text)
    const it = before ?? { name: `s${++count}`, shape: null, uses: 0 }
    known.set(text, it)
    const [oldest] = known
    if (known.size > MAX_KNOWN && oldest !== undefined) {
      known.delete(oldest[0])
      const { name } = oldest[1]
      await send([protocol.serialize.close({ type: 'S', name })], false)
    }
    return it
  }

  const answer = async (
    query: Query,
    isWithin: boolean,
    text: string,
    values: readonly unknown[],
    options: Options,
  ): Promise<Results> => {
    const it = await know(text)
    if (it.uses++ === 0) return query(text, [...values], options) as Promise<Results>
    if (it.uses % MAX_USES === 0) it.shape = null
    it.shape ??= toShape(
      await send(
        [
          // What was there before, be it an old plan or half a beginning.
          protocol.serialize.close({ type: 'S', name: it.name }),
          protocol.serialize.parse({ name: it.name, text }),
          protocol.serialize.describe({ type: 'S', name: it.name }),
        ],
        false,
      ),
    )
    const { parameters, fields } = it.shape
    const sent = await send(
      [
        protocol.serialize.bind({
          statement: it.name,
          values: values.map((value, n) => toText(client, value, parameters[n], options)),
        }),
        protocol.serialize.execute({}),
      ],
      !isWithin,
    )
    return toResults(client, sent, fields, options)
  }

  const run: typeof answer = async (...args) => {
    const results = await answer(...args)
    onChange(results.affectedRows ?? 0)
    return results
  }

  const { query, transaction } = client
  const alone: Query = query.bind(client)
  client.query = ((text, values = [], options) =>
    turn.runExclusive(() => run(alone, false, text, values, options))) as Query
  client.transaction = (work) =>
    turn.runExclusive(() =>
      transaction.call(client, (tx) => {
        const within: Query = tx.query.bind(tx)
        tx.query = ((text, values = [], options) =>
          run(within, true, text, values, options)) as Query
        return work(tx)
      }),
    ) as never
}

type Message = Awaited<ReturnType<PGlite['execProtocol']>>['messages'][number]

function toShape(answer: readonly Message[]): Shape {
  const takes = answer.find((it) => it instanceof messages.ParameterDescriptionMessage)
  const returns = answer.find((it) => it instanceof messages.RowDescriptionMessage)
  return {
    parameters: takes?.dataTypeIDs ?? [],
    fields: returns?.fields.map(({ name, dataTypeID }) => ({ name, dataTypeID })) ?? [],
  }
}

/** Writes a value as the engine reads it. */
function toText(
  client: PGlite,
  value: unknown,
  type: number | undefined,
  options: Options,
): string | null {
  if (value === null || value === undefined) return null
  const serialize = options?.serializers?.[type ?? 0] ?? client.serializers[type ?? 0]
  return serialize === undefined ? String(value) : serialize(value)
}

function toResults(
  client: PGlite,
  answer: readonly Message[],
  fields: Shape['fields'],
  options: Options,
): Results {
  const parsers = fields.map(
    ({ dataTypeID: type }) => options?.parsers?.[type] ?? client.parsers[type],
  )
  const rows = answer.flatMap((it) => {
    if (!(it instanceof messages.DataRowMessage)) return []
    const values = it.fields.map((text, n) => {
      const parse = parsers[n]
      return text === null || parse === undefined ? text : parse(text, fields[n]?.dataTypeID)
    })
    return options?.rowMode === 'array'
      ? [values]
      : [Object.fromEntries(fields.map(({ name }, n) => [name, values[n]]))]
  })
  const done = answer.find((it) => it instanceof messages.CommandCompleteMessage)
  // `UPDATE 3`, `INSERT 0 1`.
  const changed = /^(?:INSERT \d+|UPDATE|DELETE|MERGE) (\d+)$/.exec(done?.text ?? '')?.[1]
  return {
    rows: rows as Results['rows'],
    fields: [...fields],
    affectedRows: Number(changed ?? 0),
  }
}
