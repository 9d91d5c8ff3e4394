"""Makes a GaussianMixture of scikit-learn from a model that otmix has exported.

    otmix export model.json --to sklearn --out sklearn.json

    from otmix_sklearn import load
    mixture = load("sklearn.json")
    labels = mixture.predict(rows)
"""

import json

import numpy as np
from sklearn.mixture import GaussianMixture

ARRAYS = ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_")


def load(path):
    """Reads the file and answers a fitted GaussianMixture with the same densities. Raises ValueError for other files."""
    with open(path, encoding="utf-8") as file:
        model = json.load(file)
    if not isinstance(model, dict) or model.get("format") != "otmix-scikit-learn" or model.get("version") != 1:
        raise ValueError(f"{path}: expected what otmix export --to sklearn writes (version 1); export the model again")
    mixture = GaussianMixture(model["n_components"], covariance_type=model["covariance_type"])
    for name in ARRAYS:
        setattr(mixture, name, np.array(model[name]))
    mixture.n_features_in_ = mixture.means_.shape[1]
    mixture.converged_ = True
    return mixture
