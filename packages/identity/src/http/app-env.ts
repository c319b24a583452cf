import type { Actor } from '../audit/actor.ts'
import type { Instance } from '../instances/instance.ts'
import type { CommonHeaders } from './common-headers.ts'
import type { Standing } from './standing.ts'

/** What a request to the Frontend API or a page comes with: its instance has been found by host. */
export interface HostEnv {
  Bindings: {
    /** Names a response in the logs. */
    traceId: string
    /** Its address, parsed. */
    url: URL
    instance: Instance
    /** Where it comes from; `null` where nobody can tell. */
    address: string | null
    /** What its answer carries, whoever makes it. */
    common: CommonHeaders
    /** What else was found with it. */
    standing: Standing
  }
}

/** What a request to the Backend API comes with. Its secret key leads to the instance. */
export interface KeyEnv {
  Bindings: {
    traceId: string
    /** Where it comes from; `null` where nobody can tell. */
    address: string | null
    /** Set by a command of whoever runs the server, who needs no key. */
    instance?: Instance
  }
  Variables: {
    instance: Instance
    /** The key that led to it; `null` for a command. */
    secretKey: string | null
    actor: Actor
  }
}
