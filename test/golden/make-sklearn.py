"""Writes sklearn-{full,tied,diag,spherical}.json: scikit-learn's converged fits of iris from one given start.

    pip install numpy scikit-learn
    python make-sklearn.py

The fits run to tol = 1e-12 with reg_covar = 0; `iterations` is the number of E + M steps that took, so that another
implementation can be stopped at exactly the same step.
"""

import json
import pathlib

import numpy
import sklearn
from sklearn.mixture import GaussianMixture

here = pathlib.Path(__file__).parent
x = numpy.genfromtxt(here / "iris.csv", delimiter=",", skip_header=1, usecols=range(4))
k, d = 3, x.shape[1]

weights = numpy.array([0.3, 0.3, 0.4])
means = numpy.array([[5.1, 3.5, 1.4, 0.2], [6.0, 2.7, 4.2, 1.2], [6.9, 3.1, 5.8, 2.2]])
variances = {
    "full": [0.2, 0.1, 0.3, 0.1],
    "tied": [0.2, 0.1, 0.3, 0.1],
    "diag": [0.2, 0.1, 0.3, 0.1],
    "spherical": [0.2, 0.2, 0.2, 0.2],
}


def precisions(covariance, v):
    """The start's precisions in the shape scikit-learn wants for the covariance type."""
    inverse = 1 / numpy.array(v)
    return {
        "full": numpy.array([numpy.diag(inverse)] * k),
        "tied": numpy.diag(inverse),
        "diag": numpy.array([inverse] * k),
        "spherical": numpy.full(k, inverse[0]),
    }[covariance]


def full(covariance, fitted):
    """Covariances [k][d][d] whatever the type."""
    return {
        "full": lambda: fitted,
        "tied": lambda: numpy.array([fitted] * k),
        "diag": lambda: numpy.array([numpy.diag(v) for v in fitted]),
        "spherical": lambda: numpy.array([v * numpy.eye(d) for v in fitted]),
    }[covariance]()


for covariance, v in variances.items():
    model = GaussianMixture(
        k,
        covariance_type=covariance,
        tol=1e-12,
        reg_covar=0,
        max_iter=10_000,
        weights_init=weights,
        means_init=means,
        precisions_init=precisions(covariance, v),
    ).fit(x)
    assert model.converged_
    golden = {
        "provenance": f"make-sklearn.py on iris.csv: scikit-learn {sklearn.__version__}, numpy {numpy.__version__}, "
        "GaussianMixture.fit, tol 1e-12, reg_covar 0, float64",
        "dataset": "iris",
        "covariance": covariance,
        "iterations": model.n_iter_,
        "start": {
            "weights": weights.tolist(),
            "means": means.tolist(),
            "covariances": [numpy.diag(v).tolist()] * k,
        },
        "fit": {
            "weights": model.weights_.tolist(),
            "means": model.means_.tolist(),
            "covariances": full(covariance, model.covariances_).tolist(),
        },
        "logLikelihood": float(model.score_samples(x).sum()),
        "aic": float(model.aic(x)),
        "bic": float(model.bic(x)),
    }
    (here / f"sklearn-{covariance}.json").write_text(json.dumps(golden, indent=2) + "\n")
    print(covariance, model.n_iter_, golden["logLikelihood"])
