/** Pages about an account: parts side by side where there is room, lists, badges, forms that open in place. */
export const ACCOUNT_CSS = `
.core-page {
  display: flex; flex-direction: column; width: min(100%, 56rem); margin-inline: auto; overflow: hidden; border: 1px solid var(--_border);
  border-radius: calc(var(--_radius) * 1.75); background: var(--_background); color: var(--_foreground); box-shadow: 0 1px 2px var(--_shadow), 0 12px 32px -12px var(--_shadow);
}
.core-pageHeader { display: flex; flex-direction: column; gap: .25rem; padding: 1.75rem 2rem 0; background: var(--_muted); border-bottom: 1px solid var(--_border); }
.core-pageHeader:not(:has(.core-navbar)) { padding-bottom: 1.25rem; }
.core-navbar { display: flex; gap: .25rem; margin: .75rem 0 0 -.75rem; overflow-x: auto; }
.core-navbarButton {
  flex: none; min-height: 2.75rem; margin: 0; padding: .25rem .75rem; border: 0; border-bottom: 2px solid transparent; background: none; color: var(--_muted-foreground);
  font: 500 1em/1.3 var(--_font); cursor: pointer;
}
.core-navbarButton:hover { color: var(--_foreground); }
.core-navbarButton[aria-current] { border-bottom-color: var(--_primary); color: var(--_foreground); }
.core-root .core-navbarButton:focus-visible { outline-offset: -4px; }
.core-pageContent { padding: 0 2rem; animation: core-enter .18s ease-out; }
.core-profileSection { display: grid; grid-template-columns: 11rem minmax(0, 1fr); gap: 1rem 2rem; padding: 1.5rem 0; }
.core-profileSection + .core-profileSection { border-top: 1px solid var(--_border); }
.core-profileSectionTitle { margin: 0; font: 600 1em/1.45 var(--_font); }
.core-profileSectionDescription { margin: .25rem 0 0; color: var(--_muted-foreground); font-size: .8667em; text-wrap: pretty; }
.core-profileSectionContent { display: flex; flex-direction: column; align-items: flex-start; gap: .75rem; min-width: 0; }
.core-profileSectionContent > * { max-width: 100%; }
.core-profileSectionContent > .core-formField { align-self: stretch; max-width: 24rem; }
.core-items { display: flex; flex-direction: column; align-self: stretch; margin: 0; padding: 0; list-style: none; }
.core-item { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .75rem; padding: .625rem 0; }
.core-item + .core-item { border-top: 1px solid var(--_border); }
.core-item:first-child { padding-top: 0; }
.core-item > svg { flex: none; color: var(--_muted-foreground); }
.core-itemText { display: flex; flex: 1 1 12rem; flex-direction: column; gap: .0625rem; min-width: 0; }
.core-itemTitle { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .5rem; }
.core-itemName { min-width: 0; font-weight: 500; overflow-wrap: anywhere; }
.core-itemDetail { color: var(--_muted-foreground); font-size: .8667em; overflow-wrap: anywhere; }
.core-itemActions { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .5rem; }
.core-itemActions:has(.core-panel) { flex-basis: 100%; }
.core-itemActions:has(.core-panel) > .core-action { display: none; }
.core-badge { padding: .0625rem .4375rem; border: 1px solid var(--_border); border-radius: 999px; background: var(--_muted); color: var(--_muted-foreground); font-size: .8em; font-weight: 500; white-space: nowrap; }
.core-action {
  display: inline-flex; align-items: center; justify-content: center; min-height: 2.25rem; margin: 0; padding: .3125rem .75rem; border: 1px solid var(--_border); border-radius: var(--_radius);
  background: var(--_background); color: var(--_foreground); font: 500 .9333em/1.3 var(--_font); cursor: pointer; transition: background-color .12s;
}
.core-action:hover { background: var(--_muted); }
.core-action[data-danger] { color: var(--_danger); }
.core-action[data-danger]:hover { background: var(--_danger-background); }
.core-action[aria-busy="true"] { color: var(--_muted-foreground); cursor: progress; }
.core-action:disabled { color: var(--_muted-foreground); cursor: default; }
.core-formButtonPrimary[data-danger] { background: var(--_danger); color: var(--_background); }
.core-panel {
  display: flex; flex-direction: column; align-self: stretch; gap: 1rem; width: 100%; padding: 1.125rem; border: 1px solid var(--_border); border-radius: calc(var(--_radius) * 1.25);
  background: var(--_muted); animation: core-enter .18s ease-out;
}
.core-panelTitle { margin: 0; font: 600 1em/1.3 var(--_font); }
.core-panelTitle:focus { outline: none; }
.core-panelText { margin: 0; color: var(--_muted-foreground); text-wrap: pretty; overflow-wrap: anywhere; }
.core-formActions { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; }
.core-formActions > .core-formButtonPrimary { width: auto; min-height: 2.25rem; margin: 0; padding: .375rem 1rem; font-size: .9333em; }
.core-picture { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem 1rem; }
.core-pictureActions { display: flex; flex: 1 1 14rem; flex-wrap: wrap; gap: .375rem .5rem; }
.core-pictureActions > .core-itemDetail { flex-basis: 100%; }
.core-empty { margin: 0; color: var(--_muted-foreground); }
.core-pagination { display: flex; align-items: center; gap: .75rem; color: var(--_muted-foreground); font-size: .9333em; }
.core-root .core-select { padding-inline-end: .5rem; appearance: auto; }
.core-inlineSelect { width: auto; height: 2.25rem; font-size: .9333em; }
.core-textArea { height: auto; min-height: 5.5rem; padding-block: .5rem; resize: vertical; }
.core-profileSection .core-loading { align-self: stretch; min-height: 3rem; }
.core-choice {
  display: flex; align-items: center; gap: .75rem; width: 100%; min-height: 3.25rem; margin: 0; padding: .5rem .625rem; border: 0; border-radius: var(--_radius); background: none;
  color: var(--_foreground); font: 500 1em/1.3 var(--_font); text-align: start; overflow-wrap: anywhere; cursor: pointer;
}
.core-choice:hover { background: var(--_muted); }
@media (max-width: 44rem) {
  .core-pageHeader { padding: 1.25rem 1.125rem 0; }
  .core-pageContent { padding: 0 1.125rem; }
  .core-profileSection { grid-template-columns: minmax(0, 1fr); gap: .75rem; padding: 1.25rem 0; }
}
@media (forced-colors: active) {
  .core-navbarButton[aria-current] { border-bottom-color: Highlight; }
}
`
