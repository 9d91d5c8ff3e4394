"""Fits scikit-learn's GaussianMixture for every covariance type and several k: {path, ks, tolerance, max_iterations, regularization}."""

import json
import os
import sys
import time
import warnings

import numpy as np
import sklearn

from sklearn_mixture import mixture

job = json.load(sys.stdin)
x = np.load(job["path"])
warnings.simplefilter("ignore")  # of fits that come to max_iterations
began, used = time.perf_counter(), os.times()
fits = []
for covariance in ["full", "tied", "diag", "spherical"]:
    for k in job["ks"]:
        model = mixture({**job, "k": k, "covariance": covariance}, "k-means++", 0).fit(x)
        fits.append((model.bic(x), f"{covariance} {k}", model.n_iter_))
wall, now = time.perf_counter() - began, os.times()
print(
    json.dumps(
        {
            "name": f"scikit-learn {sklearn.__version__}",
            "models": len(fits),
            "wall": wall,
            "cpu": now.user + now.system - used.user - used.system,
            "iterations": sum(iterations for _, _, iterations in fits),
            "best": min(fits)[1],
        }
    )
)
