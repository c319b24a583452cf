import { describe, expect, it } from 'vitest'
import { reverificationError, reverificationErrorResponse } from './reverification.ts'

const STRICT = {
  clerk_error: {
    type: 'forbidden',
    reason: 'reverification-error',
    metadata: { reverification: 'strict' },
  },
}

describe('the demand to prove once more who one is', () => {
  it('says how', () => {
    expect(reverificationError('strict')).toEqual(STRICT)
    const config = { level: 'first_factor', afterMinutes: 5 } as const
    expect(reverificationError(config).clerk_error.metadata).toEqual({ reverification: config })
  })

  it('says nothing where nothing is said', () => {
    expect(reverificationError().clerk_error.metadata).toEqual({})
  })

  it('is refused with 403 as a response', async () => {
    const response = reverificationErrorResponse('strict')
    expect(response.status).toBe(403)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual(STRICT)
  })
})
