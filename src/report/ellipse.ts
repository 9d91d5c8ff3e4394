import type { Plane } from './drawn.js';

/** A point in the plane of two columns. */
export type Point = readonly [x: number, y: number];

/**
 * Points of the ellipse (p − μ)ᵀ Σ⁻¹ (p − μ) = radius², evenly spaced in its own angle: μ + radius · V √Λ
 * (cos t, sin t), with Σ = V Λ Vᵀ. A Σ without spread in a direction gives a segment or a point;
 * eigenvalues below zero count as zero.
 */
export function ellipse({ mean, covariance }: Plane, radius: number, points = 48): Point[] {
  const [xx, xy, yy] = covariance;
  const middle = (xx + yy) / 2;
  const half = Math.hypot((xx - yy) / 2, xy);
  const major = middle + half;
  // (ΣxxΣyy − Σxy²) / major: the smaller eigenvalue without cancellation of middle − half.
  const minor = major > 0 ? (xx * yy - xy * xy) / major : 0;
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return Array.from({ length: points }, (_, i) => {
    const t = (2 * Math.PI * i) / points;
    const u = radius * Math.sqrt(Math.max(major, 0)) * Math.cos(t);
    const v = radius * Math.sqrt(Math.max(minor, 0)) * Math.sin(t);
    return [mean[0] + u * cos - v * sin, mean[1] + u * sin + v * cos];
  });
}
