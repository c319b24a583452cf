import { paramError } from '../http/errors.ts'

const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/

/**
 * Brings an e-mail address into the form that is stored and compared: NFKC first and checked after, so
 * that a look-alike (`＠`) cannot pass the check as one address and be stored as another. Lower case.
 * One address only: quoted parts, lists and white space inside are refused.
 *
 * @throws {ApiError} `form_param_format_invalid`
 */
export function parseEmailAddress(text: string, paramName: string): string {
  const address = normalizeEmailAddress(text)
  const at = address.lastIndexOf('@')
  const local = address.slice(0, Math.max(at, 0))
  const domain = address.slice(at + 1)
  const isValid =
    address.length <= 254 && local.length <= 64 && LOCAL.test(local) && DOMAIN.test(domain)
  if (!isValid) throw paramError('form_param_format_invalid', paramName)
  return address
}

/**
 * Brings the name of a mail domain into the form that is stored and compared.
 *
 * @throws {ApiError} `form_param_format_invalid`
 */
export function parseDomain(text: string, paramName: string): string {
  const domain = normalizeEmailAddress(text)
  if (domain.length > 253 || !DOMAIN.test(domain)) {
    throw paramError('form_param_format_invalid', paramName)
  }
  return domain
}

/** Normalizes an identifier without checking it: for looking it up. */
export function normalizeEmailAddress(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/^ +| +$/g, '')
    .toLowerCase()
}

/** Whether mail to this address is never sent, and its code is known. Development instances only. */
export function isTestAddress(address: string): boolean {
  return /\+clerk_test[^@]*@/.test(address)
}
