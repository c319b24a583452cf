/** What the tabs of one origin tell each other. */

import type { Platform } from './platform.ts'
import type { Token } from './tokens.ts'

export interface TabsContext {
  readonly platform: Platform
  readonly onSignOut: () => void
  readonly onToken: (jwt: string) => void
}

export class Tabs {
  readonly #signOut: BroadcastChannel | undefined
  readonly #tokens: BroadcastChannel | undefined

  constructor({ platform, onSignOut, onToken }: TabsContext) {
    const Channel =
      platform.window && (platform.window.BroadcastChannel ?? globalThis.BroadcastChannel)
    if (!Channel) return
    this.#signOut = new Channel('clerk')
    this.#signOut.addEventListener(
      'message',
      ({ data }: MessageEvent<{ type?: unknown } | null>) => {
        if (data?.type === 'signout') onSignOut()
      },
    )
    this.#tokens = new Channel('clerk:session_token')
    this.#tokens.addEventListener(
      'message',
      ({ data }: MessageEvent<{ tokenRaw?: unknown; template?: unknown } | null>) => {
        if (typeof data?.tokenRaw === 'string' && !data.template) onToken(data.tokenRaw)
      },
    )
  }

  sendSignOut(): void {
    this.#signOut?.postMessage({ type: 'signout' })
  }

  sendToken({ jwt }: Token): void {
    this.#tokens?.postMessage({ tokenRaw: jwt })
  }

  close(): void {
    this.#signOut?.close()
    this.#tokens?.close()
  }
}
