"""pomegranate's EM on PyTorch: GeneralMixtureModel.summarize and from_summaries, which its fit() repeats. See job.py.

Rows may be summarized batch by batch without changing the result; the fastest is used. It has no tied covariances and
adds nothing to variances.
"""

import job as peers

try:
    import torch
    from pomegranate.distributions import Normal
    from pomegranate.gmm import GeneralMixtureModel
except ImportError as error:
    peers.missing(error)


class Pomegranate:
    package = "pomegranate"
    covariances = ("full", "diag", "spherical")
    dtypes = ("float32", "float64")

    def __init__(self, job, x, batch_size):
        weights, means, covariances = (torch.from_numpy(part) for part in peers.start_of(job))
        self.x = torch.from_numpy(x)
        torch.set_default_dtype(self.x.dtype)
        self.batches = self.x.split(batch_size or len(x))
        covariance = "sphere" if job["covariance"] == "spherical" else job["covariance"]
        self.model = GeneralMixtureModel(
            [
                Normal(mean, each.repeat(job["d"]) if covariance == "sphere" else each, covariance, check_data=False)
                for mean, each in zip(means, covariances)
            ],
            priors=weights,
            check_data=False,
        )

    @staticmethod
    def settings(job):
        return [{"batch_size": rows} for rows in peers.batches(job, 0)]

    @torch.no_grad()
    def step(self):
        for batch in self.batches:
            self.model.summarize(batch)
        self.model.from_summaries()

    @torch.no_grad()
    def score(self):
        return self.model.log_probability(self.x).double().mean()

    def dtype(self):
        return str(self.model.distributions[0].means.dtype).removeprefix("torch.")

    def threads(self):
        return torch.get_num_threads()

    def about(self):
        return f"torch {torch.__version__} ({torch.backends.cpu.get_cpu_capability()})"


peers.run(Pomegranate)
