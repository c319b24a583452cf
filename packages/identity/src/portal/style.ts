/** Style of the server's own pages. The portal's components bring theirs. */
export const STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100dvh; background: light-dark(#f3f4f6, #0c0d10); color: light-dark(#18181b, #ececf0); }
main { max-width: 40rem; margin: 0 auto; padding: clamp(2rem, 8vw, 4.5rem) 1rem; }
h1, h2 { line-height: 1.2; letter-spacing: -0.01em; }
a { color: light-dark(#4330c4, #b4a7ff); text-underline-offset: 0.2em; }
ol { list-style: none; padding: 0; display: grid; gap: 1rem; }
article { padding: 0.25rem 1.25rem; border: 1px solid light-dark(#e2e4e9, #2a2b31); border-radius: 0.75rem; background: light-dark(#fff, #17181c); }
article h2 { font-size: 1.125rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
form { display: grid; gap: 0.75rem; justify-items: start; }
label { display: grid; gap: 0.25rem; width: 100%; }
input, button { font: inherit; padding: 0.5rem 0.75rem; border-radius: 0.5rem; border: 1px solid light-dark(#8b8d98, #6c6e79); box-sizing: border-box; }
button { cursor: pointer; border-color: transparent; background: light-dark(#1b1d22, #ececf0); color: light-dark(#fff, #17181c); }
code { overflow-wrap: anywhere; font-family: ui-monospace, monospace; }
`
