# Data sets that come with mclust, and how its fits of them end, as JSON: names of data sets are the arguments, or all.
suppressPackageStartupMessages(library(mclust))
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
source(file.path(here, "mclust-sets.R"))
texts <- character()
for (name in names(sets)) {
  x <- as.matrix(sets[[name]])
  storage.mode(x) <- "double"
  fits <- character()
  for (form in names(forms(ncol(x)))) for (k in 2:6) {
    fit <- try(Mclust(x, G = k, modelNames = forms(ncol(x))[[form]], verbose = FALSE,
                      control = emControl(tol = c(1e-12, 1e-12), itmax = c(10000, 10000))), silent = TRUE)
    if (inherits(fit, "Mclust")) {
      fits <- c(fits, sprintf('{"form":"%s","k":%d,"objective":%.12f}', form, k, -fit$loglik / nrow(x)))
    }
  }
  texts <- c(texts, sprintf('{"name":"%s","d":%d,"data":%s,"fits":[%s]}', name, ncol(x), numbers(as.vector(t(x))),
                            paste(fits, collapse = ",")))
}
cat("[", paste(texts, collapse = ","), "]", sep = "")
