/**
 * Which Node runs this. Asked before anything else is loaded: what an older one lacks would end the program with
 * an error that tells nobody what to do.
 */

const MIN = { major: 20, minor: 19 }

/** Tells whether a version of Node, such as `v20.19.0`, is older than what this needs. */
export function isNodeTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major < MIN.major || (major === MIN.major && minor < MIN.minor)
}
