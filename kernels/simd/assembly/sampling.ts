/** A kernel of its own for drawing rows: small enough to be compiled where a page can't wait. */
export { placeGaussians, shear, stretch } from './gaussians';
export { goTo, indices, normals, placeTables, uniforms } from './random';
