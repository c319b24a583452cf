/** The avatar and its menu. */
export const USER_BUTTON_CSS = `
.core-userButtonTrigger {
  display: inline-flex; align-items: center; gap: .625rem; min-width: 2rem; min-height: 2rem; margin: 0; padding: 0; border: 0; border-radius: 999px; background: none;
  color: inherit; font: 500 1em/1.3 var(--_font); cursor: pointer;
}
.core-userButtonTrigger > .core-avatarBox { transition: box-shadow .12s; }
.core-userButtonTrigger:hover > .core-avatarBox, .core-userButtonTrigger[aria-expanded="true"] > .core-avatarBox { box-shadow: 0 0 0 3px color-mix(in oklab, currentColor 14%, transparent); }
.core-userButtonTrigger[data-named] { padding-inline-start: .625rem; }
.core-userButtonPopoverCard {
  position: fixed; inset: auto; top: 0; left: 0; width: min(20rem, calc(100vw - 1rem)); margin: 0; padding: 0; overflow: hidden; z-index: 2147483000;
  border: 1px solid var(--_border); border-radius: calc(var(--_radius) * 1.5); background: var(--_background); color: var(--_foreground);
  box-shadow: 0 2px 4px var(--_shadow), 0 16px 40px -8px var(--_shadow); animation: core-appear .12s ease-out;
}
@keyframes core-appear { from { opacity: 0; } }
.core-userPreview { display: flex; align-items: center; gap: .75rem; padding: 1rem; border-bottom: 1px solid var(--_border); }
.core-userPreviewText { display: flex; flex: 1; flex-direction: column; min-width: 0; }
.core-userPreviewMainIdentifier { font-weight: 550; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.core-userPreviewSecondaryIdentifier { color: var(--_muted-foreground); font-size: .8667em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.core-userButtonPopoverActions { padding: .375rem; }
.core-userButtonPopoverActionButton {
  display: flex; align-items: center; gap: .75rem; width: 100%; min-height: 2.5rem; margin: 0; padding: .5rem .625rem; border: 0; border-radius: var(--_radius); background: none;
  color: var(--_foreground); font: 450 1em/1.3 var(--_font); text-align: start; text-decoration: none; cursor: pointer;
}
.core-userButtonPopoverActionButton > svg { flex: none; color: var(--_muted-foreground); }
.core-userButtonPopoverActionButton:hover, .core-userButtonPopoverActionButton:focus { background: var(--_muted); }
.core-root .core-userButtonPopoverActionButton:focus-visible { outline-offset: -2px; }
.core-userButtonPopoverActionButton[aria-disabled="true"] { color: var(--_muted-foreground); cursor: progress; }
.core-userButtonPopoverCard .core-alert { margin: 0 .75rem .75rem; }
`
