/** What the tabs of one origin tell each other. */

import type { Platform } from './platform.ts'
import { organizationOf } from './session-claims.ts'
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

  sendToken({ jwt, claims }: Token): void {
    const { orgId: organizationId } = organizationOf(claims)
    const sessionId = claims.sid
    this.#tokens?.postMessage({
      tokenId: [sessionId, organizationId].filter(Boolean).join('-'),
      tokenRaw: jwt,
      sessionId,
      organizationId,
    })
  }

  close(): void {
    this.#signOut?.close()
    this.#tokens?.close()
  }
}
