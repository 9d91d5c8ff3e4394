export * from './em.js';
export * from './problems.js';
export * from './sweep.js';
export * from './transport.js';
