import { html, type Markup } from './markup.js';
import type { ReportInput } from './input.js';
import { count, shortened } from './numbers.js';
import { section } from './sections.js';
import { phasesTable } from './tables.js';

const MOST_REPAIRS = 20;
/** At most so many numbers of a list are shown. */
const MOST_NUMBERS = 24;

/** What the numbers of options are in, where they are no counts. */
const UNITS: Readonly<Record<string, string>> = {
  tolerance: 'nats per row',
  regularization: 'squared units of the columns',
};

/** How the fit was made: its settings, the command, where and how long it ran, and what had to be repaired. */
export function runSection(input: ReportInput): Markup {
  const { repairs, seconds } = input.diagnostics;
  const facts = Object.entries(factsOf(input)).map(
    ([name, value]) =>
      html`<dt>${name}</dt>
        <dd>${value || '–'}</dd>`,
  );
  const timed = Object.keys(seconds).some((phase) => phase !== 'total');
  return section(
    'The run',
    undefined,
    html`${commandBlock(input.command)}
      <div class="grid">
        <div>
          <h3>Settings</h3>
          <dl class="facts">${facts}</dl>
        </div>
        <div>
          ${timed ? [html`<h3>Time by phase</h3>`, phasesTable(seconds)] : undefined}
          <h3>Repairs</h3>
          ${repairsList(repairs)}
        </div>
      </div>`,
  );
}

function factsOf({
  diagnostics,
  options,
  tolerance,
  marginal = 'free',
  ...input
}: ReportInput): Record<string, string> {
  const { backend, adapter, precision } = diagnostics;
  const settings = options ?? { marginal, ...(tolerance === undefined ? {} : { tolerance }) };
  const { dropped, constantColumns } = input;
  return {
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [worded(name), settingText(name, value)])),
    ...(dropped === undefined
      ? {}
      : { 'rows left out': dropped > 0 ? `${count(dropped)}, with missing values` : 'none' }),
    ...(constantColumns && { 'constant columns': constantColumns.map((name) => shortened(name)).join(', ') || 'none' }),
    ...{ backend, adapter, precision, 'sweeps over the data': count(input.sweeps) },
  };
}

/** A setting's value, with its unit: `fixed, weights 0.2, 0.8`. */
function settingText(name: string, value: unknown): string {
  const unit = typeof value === 'number' && Object.hasOwn(UNITS, name) ? ` ${UNITS[name]}` : '';
  return valueText(value) + unit;
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return String(value).replaceAll('-', '−');
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    const shown = value.slice(0, MOST_NUMBERS).map(valueText).join(', ');
    return value.length > MOST_NUMBERS ? `${shown} and ${count(value.length - MOST_NUMBERS)} more` : shown;
  }
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, part]) => (key === 'kind' ? valueText(part) : `${worded(key)} ${valueText(part)}`))
    .join(', ');
}

/** An option's name in words: `maxIterations` is `max iterations`. */
function worded(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function commandBlock(command: string | undefined): Markup | undefined {
  if (command === undefined) return undefined;
  return html`<h3>Command</h3>
    <pre class="command" role="group" tabindex="0" aria-label="The command line of this fit">${command}</pre>`;
}

function repairsList(repairs: readonly string[]): Markup {
  if (repairs.length === 0) return html`<p class="note">None were needed.</p>`;
  const shown = repairs.slice(0, MOST_REPAIRS);
  const rest = repairs.length - shown.length;
  const lines = rest > 0 ? [...shown, `and ${count(rest)} more`] : shown;
  return html`<ul class="repairs">
    ${lines.map((line) => html`<li>${line}</li>`)}
  </ul>`;
}
