"""EM of Gaussians beside noise on faithful.csv, in float64 by NumPy alone: writes noise.json.

Noise has the constant density 1 / V. V is that of mclust's hypvol: the lesser of the volumes of the box of the
columns' ranges and of the box of the ranges along the principal axes. 20 rows of a grid over the box are added.
"""
import csv
import json
import os

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, 'faithful.csv')) as file:
    rows = list(csv.reader(file))
x = np.array([[float(value) for value in row] for row in rows[1:]])
low, high = x.min(0), x.max(0)
grid = np.array([[low[0] + (high[0] - low[0]) * i / 4, low[1] + (high[1] - low[1]) * j / 3] for i in range(5) for j in range(4)])
x = np.concatenate([x, grid])
n, d = x.shape


def hypvol(x):
    box = np.prod(np.ptp(x, axis=0))
    centred = x - x.mean(0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    return float(min(box, np.prod(np.ptp(centred @ axes, axis=0))))


def log_normal(x, mean, covariance):
    lower = np.linalg.cholesky(covariance)
    z = np.linalg.solve(lower, (x - mean).T)
    return -0.5 * (z**2).sum(0) - np.log(np.diag(lower)).sum() - 0.5 * d * np.log(2 * np.pi)


def covariances(form, scatters, masses):
    if form == 'tied':
        return [sum(scatters) / sum(masses)] * len(masses)
    own = [scatter / mass for scatter, mass in zip(scatters, masses)]
    if form == 'diag':
        return [np.diag(np.diag(one)) for one in own]
    if form == 'spherical':
        return [np.eye(d) * np.trace(one) / d for one in own]
    return own


def em(form, volume, steps, start):
    weights, means, spreads = (np.array(start[name]) for name in ('weights', 'means', 'covariances'))
    k = len(means)
    trace = []
    for step in range(steps + 1):
        joint = np.stack([np.log(weights[c]) + log_normal(x, means[c], spreads[c]) for c in range(k)] + [np.full(n, np.log(weights[k]) - np.log(volume))])
        top = joint.max(0)
        density = top + np.log(np.exp(joint - top).sum(0))
        trace.append(float(density.mean()))
        if step == steps:
            break
        shares = np.exp(joint - density)
        masses = shares.sum(1)
        weights = masses / n
        means = np.array([shares[c] @ x / masses[c] for c in range(k)])
        scatters = [(shares[c][:, None] * (x - means[c])).T @ (x - means[c]) for c in range(k)]
        spreads = np.array(covariances(form, scatters, masses[:k]))
    return {'trace': trace, 'weights': weights.tolist(), 'means': means.tolist(), 'covariances': np.array(spreads).tolist()}


start = {
    'weights': [0.35, 0.55, 0.1],
    'means': [[2.0, 55.0], [4.3, 80.0]],
    'covariances': [[[0.3, 0.0], [0.0, 40.0]], [[0.3, 0.0], [0.0, 40.0]]],
}
volume = hypvol(x)
fits = {}
for form in ('full', 'tied', 'diag', 'spherical'):
    own = dict(start)
    if form == 'spherical':
        own['covariances'] = [(np.eye(d) * 20.0).tolist()] * 2
    fits[form] = {'start': own, **em(form, volume, 12, own)}
with open(os.path.join(here, 'noise.json'), 'w') as file:
    json.dump({'grid': grid.tolist(), 'volume': volume, 'box': float(np.prod(np.ptp(x, axis=0))), 'fits': fits}, file, indent=1)
    file.write('\n')
