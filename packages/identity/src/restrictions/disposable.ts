/**
 * Tells whether an address is at a domain that hands out addresses to be thrown away. The list is large, and
 * read once it is needed.
 */
export async function isDisposable(address: string): Promise<boolean> {
  const { isDisposableEmailDomain } = await import('disposable-email-domains-js')
  // Mail to a domain below a listed one reaches the same people.
  const labels = address.slice(address.lastIndexOf('@') + 1).split('.')
  return labels
    .slice(0, -1)
    .some((_label, index) => isDisposableEmailDomain(labels.slice(index).join('.')))
}
