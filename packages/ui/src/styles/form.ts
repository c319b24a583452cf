/** Fields: label, input, hint and error, show-password button, address row, code boxes. */
export const FORM_CSS = `
.core-formField { display: flex; flex-direction: column; gap: .375rem; min-width: 0; }
.core-formFieldLabelRow { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 .5rem; min-height: 1.5rem; font-size: .9333em; }
.core-formFieldLabel { color: var(--_foreground); font: 530 1em/1.4 var(--_font); }
.core-formFieldOptional { color: var(--_muted-foreground); }
.core-formFieldInputGroup { position: relative; display: flex; }
.core-formFieldInput {
  width: 100%; min-width: 0; height: 2.625rem; margin: 0; padding: 0 .75rem; border: 1px solid var(--_input-border); border-radius: var(--_radius);
  background: var(--_input); color: var(--_input-foreground); font: 400 1em/1.4 var(--_font); letter-spacing: inherit; appearance: none;
  transition: border-color .12s, box-shadow .12s;
}
.core-formFieldInput::placeholder { color: var(--_muted-foreground); opacity: 1; }
.core-formFieldInput:hover { border-color: color-mix(in oklab, var(--_input-border) 70%, var(--_foreground)); }
.core-root .core-formFieldInput:focus { outline: none; border-color: var(--_ring); box-shadow: 0 0 0 1px var(--_ring), 0 0 0 4px color-mix(in oklab, var(--_ring) 18%, transparent); }
.core-root .core-formFieldInput[aria-invalid="true"] { border-color: var(--_danger); }
.core-root .core-formFieldInput[aria-invalid="true"]:focus { box-shadow: 0 0 0 1px var(--_danger), 0 0 0 4px color-mix(in oklab, var(--_danger) 18%, transparent); }
.core-formFieldInput[type="password"] { letter-spacing: .08em; }
.core-formFieldInputGroup > .core-formFieldInput:not(:last-child) { padding-inline-end: 3rem; }
.core-formFieldInputShowPasswordButton {
  position: absolute; inset-block: .25rem; inset-inline-end: .25rem; display: grid; place-items: center; width: 2.25rem; margin: 0; padding: 0; border: 0;
  border-radius: calc(var(--_radius) - .125rem); background: none; color: var(--_muted-foreground); cursor: pointer;
}
.core-formFieldInputShowPasswordButton:hover { background: var(--_muted); color: var(--_foreground); }
.core-root .core-formFieldInputShowPasswordButton:focus-visible { outline-offset: -2px; }
.core-formFieldHintText { color: var(--_muted-foreground); font-size: .8667em; }
.core-formFieldErrorText { color: var(--_danger); font-size: .8667em; overflow-wrap: anywhere; }
.core-formFieldErrorText:not(:empty) ~ .core-formFieldHintText { display: none; }
.core-formRow { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1rem; }
.core-formFieldCheckbox { display: flex; align-items: flex-start; gap: .625rem; min-height: 1.5rem; font-size: .9333em; cursor: pointer; }
.core-formFieldCheckbox > input { flex: none; width: 1.125rem; height: 1.125rem; margin: .1rem 0 0; accent-color: var(--_primary); cursor: pointer; }
.core-textLink { color: inherit; text-decoration: underline; text-decoration-color: var(--_input-border); text-underline-offset: .2em; }
.core-textLink:hover { text-decoration-color: currentColor; }
.core-identityPreview { display: flex; align-items: baseline; column-gap: .375rem; min-height: 1.625rem; }
.core-identityPreviewLead { flex: none; }
.core-identityPreviewText {
  flex: 0 1 auto; min-width: 0; max-width: 100%; height: 1.625rem; margin: 0; padding: 0; border: 0; border-radius: .25rem; background: none;
  color: var(--_foreground); font: 450 1em/1.4 var(--_font); letter-spacing: inherit; text-overflow: ellipsis; appearance: none; field-sizing: content;
}
.core-identityPreview .core-link { flex: none; margin-inline-start: .25rem; color: var(--_muted-foreground); font-weight: 450; text-decoration: underline; text-decoration-color: var(--_input-border); text-underline-offset: .2em; }
.core-identityPreview .core-link:hover { color: var(--_foreground); text-decoration-color: currentColor; }
.core-countdown { margin-inline-start: .35em; font-variant-numeric: tabular-nums; }
/* A password manager may fill this field before anybody sees it; from then on it is shown. */
.core-formField[data-dormant] { position: absolute; width: 1px; height: 1px; overflow: hidden; opacity: 0; pointer-events: none; }
.core-otpCodeField { position: relative; }
.core-otpCodeFieldInputs { display: grid; grid-template-columns: repeat(6, 1fr); gap: .5rem; }
.core-otpCodeFieldInput {
  display: grid; place-items: center; height: 3.125rem; border: 1px solid var(--_input-border); border-radius: var(--_radius); background: var(--_input);
  color: var(--_input-foreground); font: 550 1.375rem/1 var(--_font); font-variant-numeric: tabular-nums; transition: border-color .12s, box-shadow .12s;
}
.core-otpCodeField[data-invalid] .core-otpCodeFieldInput { border-color: var(--_danger); }
.core-otpCodeFieldNative {
  position: absolute; inset: 0; z-index: 1; width: 100%; height: 3.125rem; margin: 0; padding: 0; border: 0; background: none; color: transparent; caret-color: transparent;
  font: 400 1.375rem/3.125rem ui-monospace, monospace; letter-spacing: 1.6em; cursor: text; appearance: none;
}
.core-otpCodeFieldNative::selection { background: none; color: transparent; }
.core-root .core-otpCodeFieldNative:focus { outline: none; }
.core-otpCodeFieldNative:focus + .core-otpCodeFieldInputs > [data-active] { border-color: var(--_ring); box-shadow: 0 0 0 1px var(--_ring), 0 0 0 4px color-mix(in oklab, var(--_ring) 18%, transparent); }
.core-otpCodeFieldNative:focus + .core-otpCodeFieldInputs > [data-active]:empty::after { content: ""; width: 1.5px; height: 1.375rem; background: currentColor; animation: core-blink 1.1s steps(1) infinite; }
@keyframes core-blink { 50% { opacity: 0; } }
@media (pointer: coarse) {
  .core-formFieldInput, .core-identityPreviewText { font-size: max(1em, 16px); }
}
@media (forced-colors: active) {
  .core-root .core-formFieldInput:focus, .core-otpCodeFieldNative:focus + .core-otpCodeFieldInputs > [data-active] { outline: 2px solid Highlight; }
}
@media (max-width: 26rem) { .core-otpCodeFieldInputs { gap: .375rem; } }
`
