/**
 * Tells whether a host (`name` or `name:port`) is this machine: `localhost`, `*.localhost`,
 * `127.0.0.0/8` or `[::1]`. Such hosts are spoken to over plain HTTP, all others over HTTPS.
 */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(name)
  )
}

/**
 * Returns the origin at which a host is reached, without a trailing slash.
 *
 * @example
 * originOfHost('clerk.example.com') // 'https://clerk.example.com'
 * originOfHost('localhost:4000')    // 'http://localhost:4000'
 */
export function originOfHost(host: string): string {
  return `${isLoopbackHost(host) ? 'http' : 'https'}://${host}`
}

/**
 * Returns the origin of an instance's own sign-in and sign-up pages: the host of the Frontend API
 * with `accounts.` in place of `clerk.`, or that host itself.
 *
 * @example
 * accountPortalOrigin('clerk.example.com')       // 'https://accounts.example.com'
 * accountPortalOrigin('a-b-1.clerk.accounts.dev') // 'https://a-b-1.accounts.dev'
 * accountPortalOrigin('localhost:4000')          // 'http://localhost:4000'
 */
export function accountPortalOrigin(frontendApi: string): string {
  return originOfHost(
    frontendApi
      .replace('clerk.accountsstage.', 'accountsstage.')
      .replace(/clerk\.(?:accounts\.)?/, 'accounts.'),
  )
}
