/** The families, one line each: what `otmix` exports, and the names in model files. */
export { bernoulli } from './bernoulli.js';
export { beta } from './beta.js';
export { categorical } from './categorical.js';
export { exponential } from './exponential.js';
export { gamma } from './gamma.js';
export { gaussian, type GaussianFamily, type GaussianOptions } from './gaussian.js';
export { geometric } from './geometric.js';
export { logNormal } from './log-normal.js';
export { multinomial } from './multinomial.js';
export { negativeBinomial, type NegativeBinomialOptions } from './negative-binomial.js';
export { poisson } from './poisson.js';
export { studentT, type StudentTOptions } from './student-t.js';
export { vonMisesFisher } from './von-mises-fisher.js';
