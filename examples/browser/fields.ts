import { byId } from './dom.js';

/** What is wrong with the number in a field, in the words of otmix's own errors; nothing where it is right. */
export function faultOf(field: HTMLInputElement): string | undefined {
  if (!field.willValidate || field.validity.valid) return undefined;
  const { min, max, step, labels, value } = field;
  const name = labels?.[0]?.textContent?.trim() ?? field.id;
  const kind = step === 'any' ? 'a number' : 'a whole number';
  const range = max === '' ? `${kind} ≥ ${min}` : `${kind} from ${min} to ${max}`;
  return `${name}: expected ${range}, got ${value === '' ? 'none' : value}; correct it`;
}

/**
 * Marks the wrong numbers among the fields of a group and writes below them what is wrong with the first, which is returned.
 * A group that is disabled, since it is not shown, has nothing wrong.
 */
export function markFaults(
  group: 'cloud' | 'mixture',
): { readonly field: HTMLInputElement; readonly fault: string } | undefined {
  const fields = [...byId(group, HTMLFieldSetElement).querySelectorAll<HTMLInputElement>('input[type=number]')];
  const place = byId(`${group}-fault`, HTMLElement);
  const found = fields.flatMap((field) => {
    const fault = faultOf(field);
    if (fault === undefined) {
      field.removeAttribute('aria-invalid');
      field.removeAttribute('aria-describedby');
      return [];
    }
    field.setAttribute('aria-invalid', 'true');
    field.setAttribute('aria-describedby', place.id);
    return [{ field, fault }];
  });
  place.textContent = found.map(({ fault }) => fault).join('. ');
  place.hidden = found.length === 0;
  return found[0];
}
