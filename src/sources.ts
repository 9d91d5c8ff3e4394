/**
 * `otmix/sources`: rows from files, for Node. Import it beside `otmix`, whose core also runs in the browser:
 *
 *     const source = await openSource('flights.parquet', { columns: ['delay', 'distance'] });
 *     const fit = await fitMixture(source, { family: gaussian(), components: 3 });
 *
 * @module otmix/sources
 */
export { openSource, type SourceOptions } from './data/files/open.js';
export type { Batch, Batching, Source } from './data/source.js';
