/** What must be the same of a fit, to the last bit. */
export function bitsOf({ mixture, objective, criteria }) {
  const model = { ...mixture.toJSON(), provenance: undefined };
  return JSON.stringify({ model, objective, criteria });
}
