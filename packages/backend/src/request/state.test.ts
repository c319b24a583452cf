import { describe, expect, it } from 'vitest'
import { stateOf } from '../../test/authenticate.ts'
import { cookies, createIssuer, pageRequest } from '../../test/issuer.ts'
import { debugRequestState } from './state.ts'

const issuer = await createIssuer()

describe('what a developer sees of a state', () => {
  it('is why it is so, and nothing secret', async () => {
    const request = pageRequest('/', cookies({ __session: issuer.session(), __client_uat: 0 }))
    const state = await stateOf(issuer, request, { secretKey: issuer.secretKey, proxyUrl: '/p' })
    expect(debugRequestState(state)).toEqual({
      isSignedIn: false,
      proxyUrl: 'https://app.example.com/p',
      reason: 'session-token-but-no-client-uat',
      message: '',
      publishableKey: issuer.publishableKey,
      isSatellite: false,
      domain: '',
    })
  })
})
