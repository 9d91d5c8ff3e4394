# Where mclust starts: hierarchical clusters of its data sets, and how its EM ends from each, as JSON. Arguments as of
# mclust.R. Clusters are those of Mclust: of scaled singular vectors, by unconstrained covariances; of a single column by
# quantiles; of many rows those of 2,000 and what an M-step makes of them for the others.
suppressPackageStartupMessages(library(mclust))
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
source(file.path(here, "mclust-sets.R"))
most <- 2000
set.seed(1)
texts <- character()
for (name in names(sets)) {
  x <- as.matrix(sets[[name]])
  storage.mode(x) <- "double"
  drawn <- if (nrow(x) > most) sort(sample(nrow(x), most)) else seq_len(nrow(x))
  some <- x[drawn, , drop = FALSE]
  tree <- if (ncol(x) > 1) hc(some, modelName = "VVV", use = "SVD")
  starts <- character()
  for (k in 2:6) {
    own <- if (ncol(x) > 1) as.vector(hclass(tree, k)) else mclust:::qclass(as.vector(some), k)
    labels <- own
    if (nrow(x) > most) {
      step <- mstep(some, modelName = "VVV", z = unmap(own))
      labels <- map(estep(x, modelName = "VVV", parameters = step$parameters)$z)
    }
    if (length(unique(labels)) < k) next
    fits <- character()
    for (form in names(forms(ncol(x)))) {
      fit <- try(me(x, modelName = forms(ncol(x))[[form]], z = unmap(labels, groups = 1:k), warn = FALSE,
                    control = emControl(eps = 1e-300, tol = c(1e-16, 1e-16), itmax = c(20000, 20000))), silent = TRUE)
      sound <- !inherits(fit, "try-error") && is.finite(fit$loglik)
      if (sound) fits <- c(fits, sprintf('{"form":"%s","logLikelihood":%.17g}', form, fit$loglik))
    }
    starts <- c(starts, sprintf('{"labels":[%s],"fits":[%s]}', paste(labels - 1, collapse = ","),
                                paste(fits, collapse = ",")))
  }
  texts <- c(texts, sprintf('{"name":"%s","d":%d,"data":%s,"starts":[%s]}', name, ncol(x), numbers(as.vector(t(x))),
                            paste(starts, collapse = ",")))
}
cat("[", paste(texts, collapse = ","), "]", sep = "")
