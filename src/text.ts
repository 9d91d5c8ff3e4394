/**
 * `otmix/text`: CSV, TSV and other text in cells as tables of numbers, in Node and in browsers, from whatever yields
 * bytes. The rules are those of `otmix/sources` and the command:
 *
 *     const table = await openDelimited({ name: file.name, format: 'txt', bytes: () => file.stream() });
 *     for await (const [x, y] of table.blocks([0, 1])) console.log(x, y);
 *
 * @module otmix/text
 */
export { openDelimited, type TextInput } from './data/text/open.js';
export type { Coder } from './data/levels.js';
export type { Column, Table, Trouble } from './data/files/table.js';
export type { TextFormat, TextOptions } from './data/text/options.js';
