"""Writes distances.json: MW2 of Gaussian mixtures, plans, maps, and barycentres of single Gaussians.

    pip install pot scipy               the versions are in the file
    python make-distances.py            writes the file
    python make-distances.py --check    compares with the file, to 1e-9 of each number's size

Small mixtures are POT's `ot.gmm`. In 512 columns that gives NaN (null in the file) where a covariance is narrow, and
the values are of float64 eigenvalues and singular values by scipy. Square roots of eigenvalues are right to 1e-8.
"""

import json
import pathlib
import sys

import numpy as np
import ot
import ot.gmm
import scipy
import scipy.linalg

here = pathlib.Path(__file__).parent


def stream(seed):
    """Numbers from -1/2 to 1/2 of a congruential generator (Numerical Recipes), the same in any language."""
    state = seed
    while True:
        state = (1664525 * state + 1013904223) % 2**32
        yield state / 2**32 - 0.5


def mixture(seed, k, d, form):
    """Weights, means and covariances that fill [k], [k, d] and [k, d, d]."""
    numbers = stream(seed)
    take = lambda *shape: np.array([next(numbers) for _ in range(int(np.prod(shape)))]).reshape(shape)
    weights = take(k) + 1
    means = 4 * take(k, d)
    covariances = []
    for _ in range(k):
        factor = take(d, d)
        if form in ("full", "tied"):
            covariances.append(factor @ factor.T + 0.01 * np.eye(d))
        elif form == "diag":
            covariances.append(np.diag(np.diag(factor) ** 2 + 0.01))
        else:
            covariances.append(np.eye(d) * (factor[0, 0] ** 2 + 0.01))
    if form == "tied":
        covariances = [covariances[0]] * k
    return weights / weights.sum(), means, np.array(covariances)


def small(a, b):
    (wa, ma, ca), (wb, mb, cb) = mixture(**a), mixture(**b)
    rows = np.concatenate([ma, ma + 0.1, mb])
    entry = {
        "a": {**a, "weights": wa, "means": ma, "covariances": ca},
        "b": {**b, "weights": wb, "means": mb, "covariances": cb},
        "costs": ot.gmm.dist_bures_squared(ma, mb, ca, cb),
        "cost": ot.gmm.gmm_ot_loss(ma, mb, ca, cb, wa, wb),
        "plan": ot.gmm.gmm_ot_plan(ma, mb, ca, cb, wa, wb),
        "rows": rows,
        "mapped": ot.gmm.gmm_ot_apply_map(rows, ma, mb, ca, cb, wa, wb),
    }
    return entry


def between_gaussians(d):
    """The barycentre of two Gaussians at 0.3, by POT's fixed point, which has the geodesic's form for two."""
    (_, ma, ca), (_, mb, cb) = mixture(7, 1, d, "full"), mixture(8, 1, d, "full")
    mean, covariance = ot.gaussian.bures_wasserstein_barycenter(
        np.concatenate([ma, mb]), np.concatenate([ca, cb]), weights=np.array([0.7, 0.3]), eps=1e-14, num_iter=1_000
    )[:2]
    return {"a": {"means": ma, "covariances": ca}, "b": {"means": mb, "covariances": cb}, "share": 0.3, "mean": mean, "covariance": covariance}  # fmt: skip


def wide(seed, d, rank, ridge):
    """A covariance of low rank and a ridge: B B' / rank + ridge I."""
    numbers = stream(seed)
    factor = np.array([next(numbers) for _ in range(d * rank)]).reshape(d, rank)
    return factor @ factor.T / rank + ridge * np.eye(d)


def wide_pair(d, rank, ridge):
    """W2^2 of two centred Gaussians by eigenvalues of A^1/2 B A^1/2, and by singular values of L_A' L_B."""
    a, b = wide(21, d, rank, ridge), wide(22, d, rank, ridge)
    values, vectors = scipy.linalg.eigh(a)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    eigenvalues = scipy.linalg.eigvalsh(root @ b @ root)
    traces = np.trace(a) + np.trace(b)
    lower = [scipy.linalg.cholesky(one, lower=True) for one in (a, b)]
    singular = scipy.linalg.svdvals(lower[0].T @ lower[1])
    # What ot.gmm.dist_bures_squared does, whose einsum of three matrices takes minutes at this size.
    sqrtm = ot.backend.get_backend(a).sqrtm
    pot = max(traces - 2 * np.trace(sqrtm(sqrtm(a) @ b @ sqrtm(a))), 0)
    return {
        **{"d": d, "rank": rank, "ridge": ridge, "pot": None if np.isnan(pot) else pot},
        "byEigenvalues": traces - 2 * np.sqrt(np.maximum(eigenvalues, 0)).sum(),
        "bySingularValues": traces - 2 * singular.sum(),
    }


def made():
    pairs = [
        [dict(seed=1, k=3, d=2, form="full"), dict(seed=2, k=4, d=2, form="full")],
        [dict(seed=3, k=5, d=4, form="full"), dict(seed=4, k=2, d=4, form="diag")],
        [dict(seed=5, k=3, d=3, form="tied"), dict(seed=6, k=3, d=3, form="spherical")],
        [dict(seed=9, k=6, d=3, form="diag"), dict(seed=10, k=5, d=3, form="spherical")],
        [dict(seed=11, k=4, d=1, form="full"), dict(seed=12, k=7, d=1, form="diag")],
        [dict(seed=13, k=40, d=3, form="diag"), dict(seed=14, k=50, d=3, form="diag")],
    ]
    entries = [small(*pair) for pair in pairs]
    for entry in entries:  # those of many components are made anew where they are read
        if len(entry["costs"]) > 10:
            for name in ("costs", "plan", "rows", "mapped"):
                del entry[name]
    return {
        "made": {"by": "make-distances.py", "pot": ot.__version__, "numpy": np.__version__, "scipy": scipy.__version__},
        "mixtures": entries,
        "barycentre": between_gaussians(3),
        "wide": [wide_pair(512, 200, 1e-4), wide_pair(512, 200, 1e-9)],
    }


def plain(value):
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


def differences(got, held, path=""):
    if isinstance(held, dict):
        return [one for key in held for one in differences(got[key], held[key], f"{path}.{key}")]
    if isinstance(held, list):
        return [one for at, item in enumerate(held) for one in differences(got[at], item, f"{path}[{at}]")]
    if isinstance(held, float):
        share = 1e-8 if path.endswith("byEigenvalues") else 1e-9
        return [] if abs(got - held) <= share * max(1, abs(held)) else [f"{path}: {got}, not {held}"]
    return [] if got == held else [f"{path}: {got}, not {held}"]


file = here / "distances.json"
result = plain(made())
if "--check" in sys.argv:
    result.pop("made")
    held = json.loads(file.read_text())
    held.pop("made")
    found = differences(result, held)
    sys.exit("\n".join(found) if found else 0)
file.write_text(json.dumps(result) + "\n")
