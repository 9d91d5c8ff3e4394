/** Rows drawn in the browser are those drawn in Node, bit for bit. */
import { describe } from 'vitest';
import { describeBits } from '../families/sampling/bits.js';
import { describeDraws } from '../mixture/draws.js';

describeDraws();
describe('distributions:', describeBits);
