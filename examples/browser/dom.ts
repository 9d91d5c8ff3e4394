/** The element of the page with this id, of the kind it is known to be. */
export function byId<E extends Element>(id: string, kind: abstract new () => E): E {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${kind.name} #${id}`);
}

/** A new SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | number>> = {},
  text = '',
): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  assign(element, attributes);
  element.textContent = text;
  return element;
}

export function assign(element: Element, attributes: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}

/** Puts a remark a line into a list, which is hidden where there are none. */
export function list(element: HTMLElement, remarks: readonly string[]): void {
  element.replaceChildren(
    ...remarks.map((remark) => Object.assign(document.createElement('li'), { textContent: remark })),
  );
  element.hidden = remarks.length === 0;
}

/** Says that a button does nothing now, without taking the focus from it, as `disabled` would. */
export function enable(button: HTMLButtonElement, enabled: boolean): void {
  button.setAttribute('aria-disabled', String(!enabled));
}

export function isEnabled(button: HTMLButtonElement): boolean {
  return button.getAttribute('aria-disabled') !== 'true';
}

let ruler: CanvasRenderingContext2D | null | undefined;

/** Pixels that a text of a drawing is wide. */
export function textWidth(text: string): number {
  if (ruler === undefined) {
    ruler = document.createElement('canvas').getContext('2d');
    if (ruler) ruler.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  }
  return ruler?.measureText(text).width ?? 8 * text.length;
}

export const prefersStillness = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
