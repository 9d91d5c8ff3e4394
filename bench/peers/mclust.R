# Data sets that come with mclust, and how its fits of them end, as JSON: names of data sets are the arguments, or all.
suppressPackageStartupMessages(library(mclust))
data(list = c("thyroid", "wdbc", "diabetes", "banknote", "cross", "chevron", "wreath", "GvHD", "acidity",
              "EuroUnemployment"), package = "mclust")
sets <- list(thyroid = thyroid[, 2:6], wdbc = wdbc[, 3:12], iris = iris[, 1:4], faithful = faithful,
             diabetes = diabetes[, 2:4], banknote = banknote[, 2:7], cross = cross[, 2:3], chevron = chevron[, 2:3],
             wreath = wreath, acidity = acidity, EuroUnemployment = EuroUnemployment, GvHD = GvHD.pos)
asked <- commandArgs(trailingOnly = TRUE)
if (length(asked) > 0) sets <- sets[names(sets) %in% asked]
forms <- function(d) if (d == 1) c(full = "V", tied = "E") else c(full = "VVV", tied = "EEE", diag = "VVI", spherical = "VII")
numbers <- function(values) paste0("[", paste(format(values, digits = 17, trim = TRUE), collapse = ","), "]")
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
