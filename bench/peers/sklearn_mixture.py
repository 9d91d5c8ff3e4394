"""scikit-learn's GaussianMixture as a job asks for it: {k, covariance, tolerance, max_iterations, regularization}."""

from sklearn.mixture import GaussianMixture


def mixture(job, init, random):
    """Not yet fitted; `init` and `random` are its init_params and random_state."""
    return GaussianMixture(
        job["k"],
        covariance_type=job["covariance"],
        tol=job["tolerance"],
        max_iter=job["max_iterations"],
        reg_covar=job["regularization"],
        init_params=init,
        random_state=random,
    )
