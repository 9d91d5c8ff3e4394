import { describeMistakes, fit } from './mistakes.js';

describeMistakes('options', [
  ['too many components', `${fit} -k 5`, /components: expected at most 4, the number of rows, got 5; fit fewer/],
  ['no components', `${fit} -k 0`, /-k: expected a whole number ≥ 1, got "0"; correct it/],
  ['half a component', `${fit} -k 1.5`, /-k: expected a whole number ≥ 1, got "1\.5"/],
  ['no number of components', fit, /fit: expected -k, the number of components, got none; don't know it\?/],
  ['a value missing', `${fit} -k`, /fit: expected -k, --components <k>, got no value for it/],
  ['a word for a number', `${fit} -k two`, /-k: expected a whole number ≥ 1, got "two"/],
  [
    'an unknown covariance',
    `${fit} -k 2 --covariance round`,
    /--covariance: expected one of full, tied, diag, spherical, got "round"/,
  ],
  [
    'a density of noise that is 0',
    `${fit} -k 2 --noise-density 0`,
    /--noise-density: expected a finite number > 0, got "0"/,
  ],
  [
    'a density of noise that is none',
    `${fit} -k 2 --noise-density NaN`,
    /--noise-density: expected a finite number > 0/,
  ],
  [
    'proportions without that of noise',
    `${fit} -k 2 --noise --marginal fixed --weights .5,.5`,
    /marginal\.weights: expected 3 positive numbers that sum to 1, one per component and the last for the noise, got 2/,
  ],
  [
    'no proportions beside noise',
    `${fit} -k 2 --noise --marginal fixed`,
    /--weights: expected proportions with --marginal fixed, got none; add one per component and the last for noise/,
  ],
  [
    'an unknown seeding',
    `${fit} -k 2 --seeding luck`,
    /--seeding: expected one of k-means\+\+, k-means\|\|, k-means, hierarchical, random, random-responsibilities, got "luck"/,
  ],
  [
    'an unknown strategy',
    `${fit} -k 2 --strategy luck`,
    /--strategy: expected one of plain, anneal, warm-up, short-runs, race, split-merge, got "luck"/,
  ],
  [
    'two schedules',
    `${fit} -k 2 --strategy anneal --epsilon 4:5`,
    /strategy: expected epsilon 1, since anneal has a schedule of its own, got epsilon \{"from":4,"steps":5\}; use strategy 'plain'/,
  ],
  [
    'a warm-up to proportions that are prescribed',
    `${fit} -k 2 --strategy warm-up --marginal fixed --weights .5,.5`,
    /strategy: expected marginal free, since warm-up fixes it and frees it, got marginal fixed/,
  ],
  ['an unknown policy', `${fit} -k 2 --missing fill`, /--missing: expected one of error, drop, model, got "fill"/],
  ['no restarts', `${fit} -k 2 --restarts 0`, /--restarts: expected a whole number ≥ 1, got "0"/],
  ['half a seed', `${fit} -k 2 --seed .5`, /--seed: expected a whole number, got "\.5"/],
  ['a negative tolerance', `${fit} -k 2 --tolerance -1`, /--tolerance: expected a finite number ≥ 0, got "-1"/],
  ['half an iteration', `${fit} -k 2 --max-iterations 0.5`, /--max-iterations: expected a whole number ≥ 0, got "0.5"/],
  [
    'infinite regularization',
    `${fit} -k 2 --regularization Infinity`,
    /--regularization: expected a finite number ≥ 0/,
  ],
  ['a bad temperature', `${fit} -k 2 --epsilon hot`, /--epsilon: expected a number ≥ 0, or FROM:STEPS, got "hot"/],
  ['a bad schedule', `${fit} -k 2 --epsilon 4:0`, /--epsilon: expected a number ≥ 0, or FROM:STEPS, got "4:0"/],
  ['every zeroth row', `${fit} -k 2 --every 0`, /--every: expected a whole number ≥ 1, got "0"/],
  [
    'an unknown backend',
    `${fit} -k 2 --backend abacus`,
    /backend: expected a usable one of .*, got "abacus" \(no such backend\)/,
  ],
  [
    'a backend that is not there',
    `${fit} -k 2 --backend webgl`,
    /backend: expected a usable one .*got "webgl" \(there is no/,
  ],
  ['no threads', `${fit} -k 2 --threads 0`, /--threads: expected a whole number ≥ 1, got "0"/],
  [
    'a fixed marginal without proportions',
    `${fit} -k 2 --marginal fixed`,
    /--weights: expected proportions with --marginal fixed, got none; add one per component, as in \.2,\.8/,
  ],
  [
    'proportions of nothing',
    `${fit} -k 2 --weights .5,.5`,
    /--weights: expected --marginal fixed or relaxed with it, got --marginal free/,
  ],
  [
    'a relaxed marginal without rho',
    `${fit} -k 2 --marginal relaxed --weights .5,.5`,
    /--rho: expected how strongly to draw, with --marginal relaxed, got none; add --rho 1/,
  ],
  [
    'rho of a fixed marginal',
    `${fit} -k 2 --marginal fixed --weights .5,.5 --rho 1`,
    /--rho: expected --marginal relaxed with it, got --marginal fixed/,
  ],
  [
    'rho 0',
    `${fit} -k 2 --marginal relaxed --weights .5,.5 --rho 0`,
    /marginal\.rho: expected a finite number > 0, nats, got 0/,
  ],
  [
    'proportions of other components',
    `${fit} -k 2 --marginal fixed --weights .5,.3,.2`,
    /marginal\.weights: expected 2 positive numbers that sum to 1, one per component, got 3/,
  ],
  [
    'a proportion of 0',
    `${fit} -k 2 --marginal fixed --weights 1,0`,
    /marginal\.weights: expected 2 positive numbers .*got 2: 1, 0, sum 1; fit fewer components/,
  ],
  [
    'hard assignment to prescribed proportions',
    `${fit} -k 2 --marginal fixed --weights .5,.5 --epsilon 0`,
    /epsilon: expected a number > 0 with marginal fixed, got 0/,
  ],
  [
    'an unknown marginal',
    `${fit} -k 2 --marginal tight`,
    /--marginal: expected one of free, fixed, relaxed, got "tight"/,
  ],
  [
    'bad proportions',
    `${fit} -k 2 --marginal fixed --weights .5,x`,
    /--weights: expected a finite number ≥ 0, got "x"/,
  ],
]);
