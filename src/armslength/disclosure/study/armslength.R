# What a study calls to make its tables safe. Copy it into the study, or source() it.
# The same rules as the Python helpers: counts from 1 to 7 are hidden, others rounded to the nearest 5.

suppress <- function(counts, threshold = 7, marker = "[REDACTED]") {
  hidden <- is.na(counts) | (counts >= 1 & counts <= threshold)
  ifelse(hidden, marker, format(counts, trim = TRUE, scientific = FALSE))
}

round_counts <- function(counts, base = 5, threshold = 7, marker = "[REDACTED]") {
  # Not round(): it sends halves to the even neighbour.
  rounded <- floor((2 * counts + base) / (2 * base)) * base
  hidden <- is.na(counts) | (counts >= 1 & counts <= threshold)
  ifelse(hidden, marker, format(rounded, trim = TRUE, scientific = FALSE))
}

midpoint6 <- function(counts) ifelse(counts == 0, 0, 6 * ceiling(counts / 6) - 3)

rate <- function(numerator, denominator, per = 1, base = 5, threshold = 7) {
  rest <- denominator - numerator
  small <- function(n) n >= 1 & n <= threshold
  unsafe <- denominator <= threshold | rest < 0 | small(numerator) | small(rest)
  nearest <- function(n) floor((2 * n + base) / (2 * base)) * base
  digits <- pmax(0, floor(log10(pmax(1, nearest(denominator)))) - 1)
  ifelse(unsafe, NA, round(nearest(numerator) / nearest(denominator), digits) * per)
}

write_table <- function(table, path, rounded = character(), midpoint6 = character(), base = 5, threshold = 7,
                        marker = "[REDACTED]") {
  stopifnot(all(c(rounded, midpoint6) %in% names(table)))
  for (name in rounded) {
    shown <- suppressWarnings(as.numeric(as.character(table[[name]])))
    if (any(shown %% base != 0, na.rm = TRUE)) stop("column `", name, "` is not rounded to ", base)
  }
  for (name in midpoint6) {
    shown <- suppressWarnings(as.numeric(as.character(table[[name]])))
    if (any(shown != 0 & shown %% 6 != 3, na.rm = TRUE)) stop("column `", name, "` is not midpoint 6")
  }
  write.csv(table, path, row.names = FALSE, quote = FALSE, na = "", eol = "\n")
  quoted <- function(text) paste0('"', gsub('(["\\\\])', "\\\\\\1", text), '"')
  claim <- c(
    vapply(rounded, function(name) sprintf('%s: {"scheme": "nearest", "base": %d, "threshold": %d, "marker": %s}',
      quoted(name), as.integer(base), as.integer(threshold), quoted(marker)), ""),
    vapply(midpoint6, function(name) sprintf('%s: {"scheme": "midpoint6"}', quoted(name)), "")
  )
  # R has no SHA-256 of its own before 4.5; claims without one are still verified cell by cell.
  digest <- if (exists("sha256sum", asNamespace("tools"))) {
    sprintf('"sha256": "%s", ', getExportedValue("tools", "sha256sum")(path))
  } else ""
  writeLines(sprintf('{"version": 1, "file": %s, %s"columns": {%s}}', quoted(basename(path)), digest,
    paste(claim, collapse = ", ")), paste0(path, ".claims.json"))
}
