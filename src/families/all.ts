/** The families, one line each: what `otmix` exports, and the names in model files. */
export { gaussian, type GaussianFamily, type GaussianOptions } from './gaussian.js';
