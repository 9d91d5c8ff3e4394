/** The colour of a component at a lightness: hues a golden angle apart, so that any number of them stay distinct. */
export function colourOf(component: number, lightness: string): string {
  return `oklch(${lightness.trim()} 0.15 ${((255 + 137.508 * component) % 360).toFixed(1)})`;
}
