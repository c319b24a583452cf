/** The page around the card at the Account Portal. The card's upper edge stays where it is from step to step. */
export const PORTAL_CSS = `
html { color-scheme: light dark; }
body { margin: 0; min-height: 100dvh; background: light-dark(#f3f4f6, #0c0d10); }
#core { padding: clamp(1rem, min(12dvh, 12vw), 7.5rem) 1rem 2rem; }
.core-portalHeader { display: flex; align-items: center; justify-content: space-between; gap: 1rem; max-width: 56rem; min-height: 3rem; margin: 0 auto 1rem; }
#core:has(> .core-portalHeader) { padding-top: 1rem; }
`
