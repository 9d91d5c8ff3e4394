import { describeParity } from './parity.js';

describeParity('cpu');
describeParity('wasm');
