# EM of poLCA for binary columns, as poLCA() repeats it: posteriors, probabilities, prior, log-likelihood. See polca_em.py.
# Arguments: a file of n × d codes 1 and 2 by column, weights [k] and probabilities of a 2 [k][d]; n, d, k. A line "step" or
# "score" on standard input is answered by a line, the mean log-likelihood; the first line of all says what runs here.
library <- suppressWarnings(suppressPackageStartupMessages(base::library))
if (!library(poLCA, logical.return = TRUE)) {
  cat("missing\n")
  quit()
}
own <- function(name) getFromNamespace(name, "poLCA")
postClass <- own("poLCA.postClass.C")
probHat <- own("poLCA.probHat.C")
ylik <- own("poLCA.ylik.C")
arguments <- commandArgs(trailingOnly = TRUE)
size <- as.integer(arguments[2:4])
n <- size[1]; d <- size[2]; k <- size[3]
file <- file(arguments[1], "rb")
y <- matrix(readBin(file, "integer", n * d, size = 4), n, d)
weights <- readBin(file, "double", k)
p <- matrix(readBin(file, "double", k * d), k, d, byrow = TRUE)
close(file)
vp <- own("poLCA.vectorize")(lapply(seq_len(d), function(j) cbind(1 - p[, j], p[, j])))
prior <- matrix(weights, n, k, byrow = TRUE)
score <- function() (sum(log(rowSums(prior * ylik(vp, y))) - log(.Machine$double.xmax))) / n
answer <- function(text) {
  cat(text, "\n", sep = "")
  flush(stdout())
}
answer(paste(packageVersion("poLCA"), getRversion()))
input <- file("stdin", "r")
while (length(command <- readLines(input, 1)) > 0) {
  if (command == "step") {
    posterior <- postClass(prior, vp, y)
    vp$vecprobs <- probHat(posterior, y, vp)
    prior <- matrix(colMeans(posterior), nrow = n, ncol = k, byrow = TRUE)
  }
  answer(format(score(), digits = 17))
}
