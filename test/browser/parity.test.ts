import { describeParity } from '../kernels/parity.js';

describeParity('webgl');
