/** Writes text into an element's own text node: no parsing, no layout where nothing changed. */
export function write(element: HTMLElement | null, text: string) {
  if (!element) return
  const node = element.firstChild as Text | null
  if (!node) element.append(text)
  else if (node.data !== text) node.data = text
}
