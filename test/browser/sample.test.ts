/** Rows drawn in the browser are those drawn in Node, bit for bit. */
import { describeDraws } from '../mixture/draws.js';

describeDraws();
