/** A page of an app as the Frontend API sees it: requests with an origin, of a browser that it knows. */
import type { InstanceKeys } from '@core/identity'

/** Origin of the app. */
export const ORIGIN = 'http://app.localhost:3000'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look wherever they like
  readonly body: any
}

export class Page {
  readonly #keys: InstanceKeys
  /** What makes the browser known to a development instance. */
  readonly devBrowser: string

  private constructor(keys: InstanceKeys, devBrowser: string) {
    this.#keys = keys
    this.devBrowser = devBrowser
  }

  static async open(keys: InstanceKeys): Promise<Page> {
    const { body } = await send(`${keys.apiUrl}/v1/dev_browser`, {})
    return new Page(keys, body.id as string)
  }

  post(path: string, body: Readonly<Record<string, string>>): Promise<Answer> {
    return send(`${this.#keys.apiUrl}/v1${path}?__clerk_db_jwt=${this.devBrowser}`, body)
  }
}

async function send(url: string, body: Readonly<Record<string, string>>): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { origin: ORIGIN },
    body: new URLSearchParams(body),
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}
