/** Looks of a component, as an application sets them. */
export interface Appearance {
  /** Colours, type and corners. Any CSS value, `var(--brand)` included. */
  readonly variables?: Readonly<Partial<Record<VariableName, string>>> | undefined
  readonly [member: string]: unknown
}

/** Custom property behind each variable. Two names where an older one is still in use. */
const PROPERTIES = {
  colorPrimary: '--core-color-primary',
  colorPrimaryForeground: '--core-color-primary-foreground',
  colorTextOnPrimaryBackground: '--core-color-primary-foreground',
  colorDanger: '--core-color-danger',
  colorForeground: '--core-color-foreground',
  colorText: '--core-color-foreground',
  colorMutedForeground: '--core-color-muted-foreground',
  colorTextSecondary: '--core-color-muted-foreground',
  colorBackground: '--core-color-background',
  colorMuted: '--core-color-muted',
  colorInput: '--core-color-input',
  colorInputBackground: '--core-color-input',
  colorInputForeground: '--core-color-input-foreground',
  colorInputText: '--core-color-input-foreground',
  colorBorder: '--core-color-border',
  colorRing: '--core-color-ring',
  borderRadius: '--core-radius',
  fontFamily: '--core-font-family',
  fontSize: '--core-font-size',
} as const

/** Name of a variable that `appearance` understands. */
export type VariableName = keyof typeof PROPERTIES

/**
 * Sets the variables of an appearance on an element, through the CSSOM: a strict content security policy forbids style attributes in
 * markup, not this. Later appearances win; variables of an earlier call that are gone are removed.
 */
export function applyAppearance(element: HTMLElement, ...appearances: readonly unknown[]): void {
  const variables = Object.assign({}, ...appearances.map(variablesOf)) as Record<string, unknown>
  const properties = new Map<string, string>()
  for (const [name, property] of Object.entries(PROPERTIES)) {
    const value = variables[name]
    if (typeof value === 'string' && value !== '') properties.set(property, value)
  }
  for (const property of new Set(Object.values(PROPERTIES))) {
    const value = properties.get(property)
    if (value === undefined) element.style.removeProperty(property)
    else element.style.setProperty(property, value)
  }
}

function variablesOf(appearance: unknown): object {
  if (typeof appearance !== 'object' || appearance === null) return {}
  const { variables } = appearance as Appearance
  return variables ?? {}
}
