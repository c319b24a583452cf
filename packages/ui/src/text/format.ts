/** Fills `{{name}}` in a text of the table. A name without a value stays empty. */
export function format(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''))
}
