import { kindOf, modelPhrase } from './drawn.js';
import type { ReportInput } from './input.js';
import { html, type Markup, trusted } from './markup.js';
import { count, counted, duration, nats, significant } from './numbers.js';
import * as prose from './prose.js';
import { styleSheet } from './style.js';

/** Forbids every load, so that the file shows the same offline and leaks nothing. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** The whole page around its sections. */
export function page(input: ReportInput, sections: readonly (Markup | undefined)[]): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="generator" content="otmix ${input.version}" />
        <title>${input.title}</title>
        <style>
          ${trusted(styleSheet(input.k, !input.means || input.gaps !== undefined))}
        </style>
      </head>
      <body>
        <div class="page">
          ${header(input)}
          <main>${sections.map((section) => (section ? html`${section} ` : ''))}</main>
          <footer>
            <h3>The numbers</h3>
            <dl class="facts">
              ${prose.GLOSSARY.map(
                ([term, meaning]) =>
                  html`<dt>${term}</dt>
                    <dd>${meaning}</dd>`,
              )}
            </dl>
            <p>otmix ${input.version}${input.created ? ` · ${input.created}` : ''}</p>
          </footer>
        </div>
      </body>
    </html> `.text;
}

function header(input: ReportInput): Markup {
  return html`<header>
    <p class="kicker">Mixture model report</p>
    <h1>${input.title}</h1>
    <p class="lede">
      This is <b>${modelPhrase(input)}</b>, fitted to ${counted(input.n, 'row')} of
      ${prose.columnsPhrase(input.columns)} from <b>${input.source}</b>. ${prose.marginalPhrase(input)}
    </p>
    <p class="ending"><i class="${input.status}"></i>${prose.endingPhrase(input)}.</p>
    ${notesList(input.notes)} ${tiles(input)}
  </header>`;
}

/** What the reader should know before believing the numbers. */
function notesList(notes: readonly string[] = []): Markup | undefined {
  if (notes.length === 0) return undefined;
  return html`<ul class="notes" aria-label="Notes">
    ${notes.map((note) => html`<li>${note}</li>`)}
  </ul>`;
}

/** The key numbers. */
function tiles(input: ReportInput): Markup {
  const { n, d, k, criteria, logPrior, iterations, sweeps, diagnostics, sample } = input;
  const { backend, adapter, precision, seconds } = diagnostics;
  const phases = Object.entries(seconds).filter(([phase]) => phase !== 'total');
  const total = 'total' in seconds ? seconds.total : phases.reduce((sum, [, s]) => sum + s, 0);
  const longest = phases.sort((a, b) => b[1] - a[1]).at(0);
  const drawn = sample.labels.length;
  return html`<dl class="tiles">
    ${tile('Rows', count(n), drawn < n ? `${count(drawn)} of them drawn below` : 'all drawn below')}
    ${tile('Columns', count(d))} ${tile('Components', count(k), kindOf(input))}
    ${tile('Iterations', count(iterations), counted(sweeps, 'sweep over the data', 'sweeps over the data'))}
    ${tile('Log-likelihood', nats(criteria.logLikelihood), `${significant(criteria.meanLogLikelihood, 6)} per row`)}
    ${logPrior === undefined ? undefined : tile('Log prior', nats(logPrior), `${nats(criteria.logLikelihood + logPrior)} with the likelihood`)}
    ${tile('BIC', nats(criteria.bic), `AIC\u00a0${nats(criteria.aic)} · ICL\u00a0${nats(criteria.icl)}`)}
    ${tile('Time', duration(total), longest ? `longest: ${longest[0]}, ${duration(longest[1])}` : undefined)}
    ${tile('Backend', backend, [adapter, precision].filter(Boolean).join(' · '))}
  </dl>`;
}

function tile(name: string, value: string, detail?: string): Markup {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}${detail ? html`<small>${detail}</small>` : undefined}</dd>
  </div>`;
}
