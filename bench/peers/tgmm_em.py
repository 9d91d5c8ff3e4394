"""tgmm's EM on PyTorch: GaussianMixture._e_step and _m_step, the two calls that its fit() repeats. See job.py.

Its `batch_size` splits the rows of a step without changing the result; the fastest is used.
"""

import job as peers

try:
    import torch
    from tgmm import GaussianMixture
except ImportError as error:
    peers.missing(error)


class Tgmm:
    package = "tgmm"
    covariances = ("full", "tied", "diag", "spherical")
    dtypes = ("float32", "float64")

    def __init__(self, job, x, batch_size):
        weights, means, covariances = (torch.from_numpy(part) for part in peers.start_of(job))
        self.x = torch.from_numpy(x)
        self.model = GaussianMixture(
            n_components=job["k"],
            n_features=job["d"],
            covariance_type="tied_full" if job["covariance"] == "tied" else job["covariance"],
            reg_covar=peers.REGULARIZATION,
            batch_size=batch_size,
            device="cpu",
        )
        # As fit() sets them before its loop.
        self.model.dtype = self.x.dtype
        self.model.weights_, self.model.means_, self.model.covariances_ = weights, means, covariances

    @staticmethod
    def settings(job):
        # The differences, as they are and transposed, what solves for them, and their product.
        return [{"batch_size": rows} for rows in peers.batches(job, 5)]

    @torch.no_grad()
    def step(self):
        responsibilities, _ = self.model._e_step(self.x)
        self.model._m_step(self.x, responsibilities)

    @torch.no_grad()
    def score(self):
        return self.model._e_step(self.x)[1].double().mean()

    def dtype(self):
        return str(self.model.means_.dtype).removeprefix("torch.")

    def threads(self):
        return torch.get_num_threads()

    def about(self):
        return f"torch {torch.__version__} ({torch.backends.cpu.get_cpu_capability()})"


peers.run(Tgmm)
