import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import * as entry from './index.ts'

describe('the module', () => {
  it('exports these names', () => {
    expect(Object.keys(entry).toSorted()).toEqual([
      'ClerkLoaded',
      'ClerkLoading',
      'ClerkProvider',
      'CreateOrganization',
      'OrganizationList',
      'OrganizationProfile',
      'OrganizationSwitcher',
      'Protect',
      'RedirectToSignIn',
      'RedirectToSignUp',
      'Show',
      'SignIn',
      'SignInButton',
      'SignOutButton',
      'SignUp',
      'SignUpButton',
      'SignedIn',
      'SignedOut',
      'TaskChooseOrganization',
      'UserButton',
      'UserProfile',
      'Waitlist',
      'useAuth',
      'useClerk',
      'useSession',
      'useSessionList',
      'useSignIn',
      'useSignUp',
      'useUser',
    ])
  })

  it('tells frameworks which of its files run in browsers', async () => {
    const folder = new URL('./', import.meta.url)
    const files = (await readdir(folder)).filter((name) => !name.includes('.test'))
    for (const name of files) {
      const code = await readFile(new URL(name, folder), 'utf8')
      const needsReact = /from '(?:react|\.\/clerk-context\.ts)'/.test(code)
      expect([name, code.startsWith("'use client'\n")]).toEqual([name, needsReact])
    }
  })
})
