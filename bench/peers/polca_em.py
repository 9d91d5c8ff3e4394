"""poLCA's EM for binary columns, in a process of R that answers each step: see polca_em.R and job.py."""

import os
import shutil
import subprocess
import tempfile

import job as peers

try:
    import numpy
except ImportError as error:
    peers.missing(error)

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "polca_em.R")
MISSING = "poLCA: install R and its package poLCA"


class Polca:
    package = "poLCA"
    families = ("bernoulli",)
    dtypes = ("float64",)

    def __init__(self, job, x):
        rscript = shutil.which("Rscript")
        if rscript is None:
            raise peers.Missing(MISSING)
        probabilities = job["start"]["components"][0]["probabilities"]
        with tempfile.NamedTemporaryFile() as file:
            for part in ((x + 1).astype("i4").T, numpy.array(job["start"]["weights"]), numpy.array(probabilities)):
                file.write(numpy.ascontiguousarray(part).tobytes())
            file.flush()
            sizes = [str(job[name]) for name in ("n", "d", "k")]
            command = [rscript, "--vanilla", SCRIPT, file.name, *sizes]
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            said = self.process.stdout.readline().strip()
        if said == "missing":
            raise peers.Missing(MISSING)
        self.package_version, self.r_version = said.split()

    def ask(self, command):
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    @staticmethod
    def settings(job):
        return [{}]

    def step(self):
        self.ask("step")

    def score(self):
        return self.ask("score")

    def version(self):
        return self.package_version

    @staticmethod
    def dtype():
        return "float64"

    @staticmethod
    def threads():
        return 1

    def about(self):
        return f"poLCA on R {self.r_version}"


peers.run(Polca)
