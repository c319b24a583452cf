const adopted = new WeakMap<DocumentOrShadowRoot, Set<string>>()

/**
 * Applies style sheets to the document or shadow root that `node` is in, each once.
 *
 * Constructed sheets, because a strict content security policy (`style-src 'self'`) forbids style elements.
 */
export function adoptStyles(node: Node, sheets: readonly string[]): void {
  const root = rootOf(node)
  const known = adopted.get(root) ?? new Set()
  adopted.set(root, known)
  const View = node.ownerDocument?.defaultView ?? globalThis
  for (const css of sheets) {
    if (known.has(css)) continue
    known.add(css)
    const sheet = new View.CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets.push(sheet)
  }
}

function rootOf(node: Node): DocumentOrShadowRoot {
  const root = node.getRootNode()
  return root instanceof ShadowRoot ? root : document
}
