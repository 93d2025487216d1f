# Who is prescribed a statin, by age and sex: one table, and one figure drawn from it.
#
# Counts up to 7 are hidden and the others rounded to the nearest 5; percentages are worked out from the rounded counts,
# so that nothing finer than the table can be read from them.

results <- "output/results"
characteristics <- c(age = "age_band", sex = "sex")

rounded <- function(count) ifelse(count <= 7, NA, 5 * round(count / 5))

count_by <- function(dataset, column, characteristic) {
  patients <- table(dataset[[column]])
  on_statin <- table(dataset[[column]][dataset$statin])[names(patients)]
  on_statin[is.na(on_statin)] <- 0
  counts <- data.frame(
    characteristic = characteristic,
    group = names(patients),
    patients = rounded(as.vector(patients)),
    on_statin = rounded(as.vector(on_statin))
  )
  counts$percent <- round(100 * counts$on_statin / counts$patients)
  counts
}

draw <- function(counts) {
  shown <- counts[!is.na(counts$percent), ]
  svg(file.path(results, "statins.svg"), width = 6, height = 4)
  par(mar = c(4, 10, 1, 1))
  barplot(
    rev(shown$percent),
    names.arg = rev(paste0(shown$characteristic, ": ", shown$group)),
    horiz = TRUE, las = 1, xlim = c(0, 100),
    xlab = "% prescribed a statin in the last year"
  )
  invisible(dev.off())
}

dataset <- read.csv("output/dataset.csv.gz", colClasses = c(patient_id = "character"))
# ehrQL writes TRUE and FALSE as T and F; as.logical reads them both.
dataset$statin <- as.logical(dataset$statin)
parts <- Map(count_by, list(dataset), characteristics, names(characteristics))
counts <- do.call(rbind, parts)

dir.create(results, recursive = TRUE, showWarnings = FALSE)
write.csv(counts, file.path(results, "statins.csv"), row.names = FALSE, na = "[REDACTED]", quote = FALSE)
draw(counts)
cat("wrote", nrow(counts), "rows and a figure\n")
