"""TorchGMM's EM on PyTorch: the epoch of its GaussianMixtureLightningModule, without Lightning's loop. See job.py.

TorchGMM's fit() takes all rows as one batch for `is_batch_training` and goes through them twice in an iteration; here
it is off, so that one pass does: the same result in less time.
"""

import warnings

import job as peers

try:
    import pytorch_lightning
    import torch
    from torchgmm.bayes.core import cholesky_precision
    from torchgmm.bayes.gmm.lightning_module import GaussianMixtureLightningModule
    from torchgmm.bayes.gmm.model import GaussianMixtureModel, GaussianMixtureModelConfig
except ImportError as error:
    peers.missing(error)

warnings.filterwarnings("ignore", message=".*`self.trainer` reference is not registered.*")


class TorchGmm:
    package = "torchgmm"
    covariances = ("full", "tied", "diag", "spherical")
    dtypes = ("float32", "float64")

    def __init__(self, job, x):
        if job["covariance"] == "tied":
            peers.check_memory(job, 2)  # the differences of whitened rows and means, and their squares
        weights, means, covariances = (torch.from_numpy(part) for part in peers.start_of(job))
        self.x = torch.from_numpy(x)
        torch.set_default_dtype(self.x.dtype)
        self.model = GaussianMixtureModel(GaussianMixtureModelConfig(job["k"], job["d"], job["covariance"]))
        self.model.component_probs.copy_(weights)
        self.model.means.copy_(means)
        self.model.precisions_cholesky.copy_(cholesky_precision(covariances, job["covariance"]))
        self.module = GaussianMixtureLightningModule(self.model, covariance_regularization=peers.REGULARIZATION)

    @staticmethod
    def settings(job):
        return [{}]

    @torch.no_grad()
    def step(self):
        self.module.on_train_epoch_start()
        self.module.nonparametric_training_step(self.x, 0)
        self.module.nonparametric_training_epoch_end()

    @torch.no_grad()
    def score(self):
        return self.model(self.x)[1].double().mean()

    def dtype(self):
        return str(self.model.means.dtype).removeprefix("torch.")

    def threads(self):
        return torch.get_num_threads()

    def about(self):
        capability = torch.backends.cpu.get_cpu_capability()
        return f"torch {torch.__version__} ({capability}), Lightning {pytorch_lightning.__version__}"


peers.run(TorchGmm)
