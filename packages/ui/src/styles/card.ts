/** The card and what stands in it besides fields: header, alert, buttons, footer. */
export const CARD_CSS = `
.core-cardBox {
  width: min(100%, 25.5rem); margin-inline: auto; overflow: hidden;
  border: 1px solid var(--_border); border-radius: calc(var(--_radius) * 1.75);
  background: var(--_muted); color: var(--_foreground); box-shadow: 0 1px 2px var(--_shadow), 0 12px 32px -12px var(--_shadow);
}
.core-card {
  display: flex; flex-direction: column; min-height: 20.5rem; padding: 2.25rem 2.25rem 2rem;
  border-bottom: 1px solid var(--_border); border-radius: calc(var(--_radius) * 1.75 - 1px);
  background: var(--_background);
}
.core-step { display: flex; flex: 1; flex-direction: column; gap: 1.25rem; animation: core-enter .18s ease-out; }
.core-logoImage { display: block; height: 2rem; max-width: 100%; margin-bottom: 1rem; object-fit: contain; object-position: left; }
.core-header { display: flex; flex-direction: column; gap: .1875rem; }
.core-headerTitle { margin: 0; color: inherit; font: 620 1.375rem/1.25 var(--_font); letter-spacing: -.017em; text-wrap: balance; overflow-wrap: anywhere; }
.core-headerTitle:focus { outline: none; }
.core-headerSubtitle { display: grid; grid-template-columns: minmax(0, 1fr); align-items: center; min-height: 1.625rem; margin: 0; color: var(--_muted-foreground); font-size: 1em; text-wrap: pretty; overflow-wrap: anywhere; }
.core-form { display: flex; flex-direction: column; gap: 1rem; margin: 0; }
.core-formButtonPrimary {
  position: relative; display: inline-flex; align-items: center; justify-content: center; width: 100%; min-height: 2.625rem;
  margin: .25rem 0 0; padding: .5rem 1rem; border: 0; border-radius: var(--_radius); background: var(--_primary); color: var(--_primary-foreground);
  font: 550 1em/1.25 var(--_font); cursor: pointer; transition: background-color .12s, box-shadow .12s;
  box-shadow: 0 1px 2px var(--_shadow), inset 0 1px 0 rgb(255 255 255 / .1);
}
.core-formButtonPrimary:hover { background: color-mix(in oklab, var(--_primary) 88%, var(--_background)); }
.core-formButtonPrimary:active { background: color-mix(in oklab, var(--_primary) 80%, var(--_background)); }
.core-formButtonPrimary[aria-busy="true"] { cursor: progress; }
.core-formButtonPrimary[aria-busy="true"] > .core-buttonLabel { opacity: 0; }
.core-spinner {
  position: absolute; width: 1.125rem; height: 1.125rem; border: 2px solid currentColor; border-inline-end-color: transparent;
  border-radius: 50%; animation: core-turn .7s linear infinite;
}
.core-formButtonSecondary {
  display: flex; align-items: center; gap: .75rem; width: 100%; min-height: 2.875rem; margin: 0; padding: .625rem .875rem; border: 1px solid var(--_border);
  border-radius: var(--_radius); background: var(--_background); color: var(--_foreground); font: 500 1em/1.3 var(--_font);
  text-align: start; overflow-wrap: anywhere; cursor: pointer; transition: background-color .12s;
}
.core-formButtonSecondary:hover { background: var(--_muted); }
.core-formButtonSecondary > svg { flex: none; color: var(--_muted-foreground); }
.core-list { display: flex; flex-direction: column; gap: .625rem; margin: 0; padding: 0; list-style: none; }
.core-actions { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .25rem 1rem; font-size: .9333em; }
.core-actions .core-link { color: var(--_muted-foreground); font-weight: 450; }
.core-actions .core-link:hover { color: var(--_foreground); }
.core-alert {
  padding: .625rem .75rem; border-radius: var(--_radius); background: var(--_danger-background); color: var(--_danger); font-size: .9333em;
  overflow-wrap: anywhere; box-shadow: inset 0 0 0 1px color-mix(in oklab, var(--_danger) 28%, transparent);
}
.core-status { display: block; color: var(--_muted-foreground); font-size: .9333em; }
.core-footer { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: center; column-gap: .5rem; padding: .875rem 1rem; color: var(--_muted-foreground); font-size: .9333em; text-align: center; }
.core-loading { display: grid; flex: 1; place-items: center; color: var(--_muted-foreground); }
.core-loading > .core-spinner { position: static; width: 1.5rem; height: 1.5rem; animation: core-turn .7s linear infinite, core-appear .4s .2s backwards; }
.core-waiting { display: flex; align-items: center; gap: .75rem; padding: .75rem .875rem; border-radius: var(--_radius); background: var(--_muted); color: var(--_muted-foreground); font-size: .9333em; text-wrap: pretty; }
.core-waiting > .core-spinner { position: static; flex: none; }
.core-stepText { margin: 0; text-wrap: pretty; }
@keyframes core-appear { from { opacity: 0; } }
@media (max-width: 26rem) {
  .core-card { padding: 1.75rem 1.375rem 1.5rem; }
}
@media (forced-colors: active) {
  .core-cardBox, .core-formButtonPrimary, .core-alert { border: 1px solid; }
}
`
