/** The dialog around a card. */
export const MODAL_CSS = `
.core-modalContent {
  width: min(100%, 27.5rem); max-width: none; max-height: 100dvh; margin: max(0px, 11dvh) auto auto; padding: 1rem; border: 0; overflow: auto; background: none;
}
.core-modalContent[open] { animation: core-enter .18s ease-out; }
.core-modalContent::backdrop { background: rgb(10 12 16 / .5); backdrop-filter: blur(2px); }
.core-modalContent[open]::backdrop { animation: core-appear .18s ease-out; }
.core-modalBody { position: relative; }
.core-modalCloseButton {
  position: absolute; inset-block-start: .75rem; inset-inline-end: .75rem; z-index: 1; display: grid; place-items: center; width: 2rem; height: 2rem; margin: 0; padding: 0; border: 0;
  border-radius: var(--_radius); background: none; color: var(--_muted-foreground); cursor: pointer;
}
.core-modalCloseButton:hover { background: var(--_muted); color: var(--_foreground); }
.core-modalBody .core-headerTitle { padding-inline-end: 1.5rem; }
@media (max-height: 40rem) { .core-modalContent { margin-top: 0; } }
`
