/**
 * What is believed of components before their rows are seen: rows that nobody saw, which an M-step counts with the others,
 * so that it gives the mode of the posterior. `regularization` is no prior: it is added to variances as they come out.
 *
 * - `pool`: every component has so much of the pool of all rows besides its own, as a share of all; means stay. So a
 *   cluster of few rows does not start as a spike.
 * - `weak`: the family's default, of a few rows in all, drawn to the pool; for Gaussians mclust's. `rows` is how many rows
 *   the moments are of, whatever their weights sum to. So a component of few rows gains nothing by being narrow.
 */
export type Prior =
  { readonly kind: 'pool'; readonly share: number } | { readonly kind: 'weak'; readonly rows: number };
