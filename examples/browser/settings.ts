import { gaussian, type BackendName, type CovarianceForm, type FitOptions, type SeedingMethod } from 'otmix';
import type { TextOptions } from 'otmix/text';
import { byId, list } from './dom.js';
import type { Table, TableRequest } from './table.js';

/** What the form asks to be fitted. */
export function fitOptions(): FitOptions {
  const epsilon = chosen('epsilon');
  return {
    components: numberIn('components'),
    family: gaussian({ covariance: chosen('covariance') as CovarianceForm }),
    ...(epsilon === 'anneal' ? { strategy: epsilon } : { epsilon: Number(epsilon) }),
    seeding: chosen('seeding') as SeedingMethod,
    seed: numberIn('seed'),
    tolerance: numberIn('tolerance'),
    backend: chosen('backend') as BackendName | 'auto',
    missing: 'drop',
  };
}

/** The data that the form asks for; none where no file is chosen. */
export function tableRequest(): TableRequest | undefined {
  const file = byId('file', HTMLInputElement).files?.[0];
  if (fromFile()) return file && { kind: 'csv', file, reading: textOptions() };
  const [rows, d, clusters] = [Number(chosen('rows')), numberIn('dimensions'), numberIn('clusters')];
  return { kind: 'cloud', rows, d, clusters, seed: numberIn('cloud-seed') };
}

/** How the form says that a file is written. */
function textOptions(): TextOptions {
  const [header, thousands] = [chosen('header'), chosen('thousands')];
  const na = byId('na', HTMLInputElement).value.split(',').map((spelling) => spelling.trim()).filter(Boolean); // prettier-ignore
  return {
    ...(header !== '' && { header: header === 'names' }),
    decimal: chosen('decimal') as '.' | ',',
    ...(thousands !== '' && { thousands: thousands === 'space' ? ' ' : thousands }),
    na,
  };
}

/** Whether the data come from a file; shows the controls for that, or those of the cloud. What is hidden is disabled, too. */
export function fromFile(): boolean {
  const source = byId('settings', HTMLFormElement).elements.namedItem('source') as RadioNodeList;
  const isFile = source.value === 'csv';
  for (const [id, shown] of [
    ['cloud', !isFile],
    ['csv', isFile],
  ] as const) {
    const group = byId(id, HTMLFieldSetElement);
    group.hidden = group.disabled = !shown; // else what nobody sees would be validated
  }
  return isFile;
}

/** Offers the columns of a table to fit, all but those aside at first, and says how it was read; or takes that away. */
export function offerColumns(table: Table | undefined): void {
  const chips = (table?.columns ?? []).map(({ name, aside }, j) => {
    const label = document.createElement('label');
    const box = { type: 'checkbox', value: String(j), checked: aside === undefined };
    const input = Object.assign(document.createElement('input'), box);
    const text = Object.assign(document.createElement('span'), { textContent: name, title: name });
    label.append(input, text);
    return label;
  });
  byId('columns', HTMLElement).replaceChildren(...chips);
  sayOfReading(table?.remarks ?? []);
}

/** Says below a file's columns what there is to say of its reading. */
export function sayOfReading(remarks: readonly string[]): void {
  list(byId('reading', HTMLElement), remarks);
}

/** The table with the columns that are to be fitted. */
export function chosenColumns(table: Table): Table {
  const boxes = [...byId('columns', HTMLElement).querySelectorAll('input')];
  return { ...table, columns: table.columns.filter((_, j) => boxes[j]?.checked) };
}

/** Offers the columns of a table to draw; keeps what is chosen where it is still there. */
export function offerAxes({ columns }: Table): void {
  for (const [at, id] of ['across', 'up'].entries()) {
    const select = byId(id, HTMLSelectElement);
    const before = select.value;
    select.replaceChildren(...columns.map(({ name }) => new Option(name, name)));
    const kept = columns.findIndex(({ name }) => name === before);
    select.selectedIndex = kept >= 0 ? kept : Math.min(at, columns.length - 1);
  }
  const [across, up] = [byId('across', HTMLSelectElement), byId('up', HTMLSelectElement)];
  if (across.selectedIndex === up.selectedIndex && columns.length > 1) {
    up.selectedIndex = across.selectedIndex === 0 ? 1 : 0;
  }
  byId('upward', HTMLElement).hidden = columns.length === 1;
}

/** Positions of the columns to draw; the same twice asks for a histogram. */
export function drawnColumns(): [number, number] {
  return [byId('across', HTMLSelectElement).selectedIndex, byId('up', HTMLSelectElement).selectedIndex];
}

function chosen(id: string): string {
  return byId(id, HTMLSelectElement).value;
}

function numberIn(id: string): number {
  return byId(id, HTMLInputElement).valueAsNumber;
}
