# Data sets that come with mclust, by name, its models by the forms of covariances, and numbers as JSON. The names that
# are arguments of the script, or all.
data(list = c("thyroid", "wdbc", "diabetes", "banknote", "cross", "chevron", "wreath", "GvHD", "acidity",
              "EuroUnemployment"), package = "mclust")
sets <- list(thyroid = thyroid[, 2:6], wdbc = wdbc[, 3:12], iris = iris[, 1:4], faithful = faithful,
             diabetes = diabetes[, 2:4], banknote = banknote[, 2:7], cross = cross[, 2:3], chevron = chevron[, 2:3],
             wreath = wreath, acidity = acidity, EuroUnemployment = EuroUnemployment, GvHD = GvHD.pos)
asked <- commandArgs(trailingOnly = TRUE)
if (length(asked) > 0) sets <- sets[names(sets) %in% asked]
forms <- function(d) if (d == 1) c(full = "V", tied = "E") else c(full = "VVV", tied = "EEE", diag = "VVI", spherical = "VII")
numbers <- function(values) paste0("[", paste(format(values, digits = 17, trim = TRUE), collapse = ","), "]")
