/** Style of the server's own pages. The portal's components bring theirs. */
export const STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; background: Canvas; color: CanvasText; }
main { max-width: 42rem; margin: 0 auto; padding: 3rem 1rem; }
#core { min-height: 100vh; display: grid; place-items: center; padding: 1rem; box-sizing: border-box; }
h1 { line-height: 1.2; }
ol { list-style: none; padding: 0; display: grid; gap: 1rem; }
article { border: 1px solid GrayText; border-radius: 0.5rem; padding: 0 1rem; }
article h2 { font-size: 1.125rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
code { overflow-wrap: anywhere; }
`
