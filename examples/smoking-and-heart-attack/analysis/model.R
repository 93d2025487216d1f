# Smoking and a first heart attack: odds ratios from the matched sets, crude and adjusted, and how many people they rest on.
#
# Only base R. Each set has one case, so the conditional likelihood is short enough to be written out; the ordinary
# logistic regression beside it, with sex and age in place of the sets, should say nearly the same.

results <- "output/results"
dir.create(results, recursive = TRUE, showWarnings = FALSE)

people <- read.csv("output/case_control.csv.gz", colClasses = c(patient_id = "character", set_id = "character"))
# ehrQL writes TRUE and FALSE as T and F; as.logical reads them both.
for (name in c("is_case", "diabetes", "hypertension")) people[[name]] <- as.logical(people[[name]])
people$smoking <- factor(people$smoking, c("never", "former", "current"))
people$deprivation <- factor(substr(people$deprivation, 1, 1), 5:1)
people <- people[complete.cases(people[c("smoking", "deprivation")]), ]

# A set needs its case and a control after those with missing values have gone.
whole <- names(which(tapply(people$is_case, people$set_id, function(is_case) any(is_case) && !all(is_case))))
people <- people[people$set_id %in% whole, ]

# The conditional likelihood: in each set, the chance that of its members just the case became the case. Newton's method.
conditional <- function(formula, people, steps = 25) {
  terms <- model.matrix(formula, people)[, -1, drop = FALSE]
  set <- as.integer(factor(people$set_id))
  by_set <- function(values) rowsum(values, set)
  beta <- rep(0, ncol(terms))
  for (step in seq_len(steps)) {
    weight <- exp(drop(terms %*% beta))
    share <- weight / by_set(weight)[set]
    mean <- by_set(share * terms)
    gradient <- colSums(terms[people$is_case, , drop = FALSE]) - colSums(mean)
    information <- crossprod(terms, share * terms) - crossprod(mean)
    change <- solve(information, gradient)
    beta <- beta + change
    if (max(abs(change)) < 1e-8) break
  }
  stopifnot(max(abs(change)) < 1e-8)
  data.frame(term = colnames(terms), log_odds = beta, error = sqrt(diag(solve(information))))
}

unconditional <- function(formula, people) {
  fitted <- summary(glm(update(formula, is_case ~ . + sex + age), binomial, people))$coefficients
  kept <- setdiff(rownames(fitted), c("(Intercept)", "sexmale", "age"))
  data.frame(term = kept, log_odds = fitted[kept, 1], error = fitted[kept, 2])
}

crude <- ~smoking
adjusted <- ~ smoking + deprivation + diabetes + hypertension

# No estimate rests on seven people or fewer: each level of each variable needs more among cases and among controls.
enough <- all(vapply(all.vars(adjusted), function(name) all(table(people[[name]], people$is_case) > 7), NA))
fits <- data.frame(model = character(), term = character(), log_odds = numeric(), error = numeric())
if (enough) {
  fits <- rbind(
    cbind(model = "crude, conditional", conditional(crude, people)),
    cbind(model = "adjusted, conditional", conditional(adjusted, people)),
    cbind(model = "adjusted, unconditional", unconditional(adjusted, people))
  )
}
ratio <- function(log_odds) sprintf("%.2f", exp(log_odds))
odds_ratios <- data.frame(
  model = fits$model, term = fits$term, odds_ratio = ratio(fits$log_odds),
  lower_95 = ratio(fits$log_odds - 1.96 * fits$error), upper_95 = ratio(fits$log_odds + 1.96 * fits$error)
)
# The names of the models have commas.
write.csv(odds_ratios, file.path(results, "odds_ratios.csv"), row.names = FALSE, quote = 1)

# How many people the models rest on. Counts up to 7 are hidden, the others rounded to the nearest 5.
rounded <- function(count) ifelse(count > 0 & count <= 7, "[REDACTED]", 5 * floor(count / 5 + 0.5))
counts <- as.data.frame(table(smoking = people$smoking, role = ifelse(people$is_case, "case", "control")))
counts <- reshape(counts, idvar = "smoking", timevar = "role", direction = "wide")
names(counts) <- c("smoking", "cases", "controls")
counts[-1] <- lapply(counts[-1], rounded)
write.csv(counts, file.path(results, "counts.csv"), row.names = FALSE, quote = FALSE)

names_of <- c(
  smokingformer = "Former smoker, to never", smokingcurrent = "Smoker, to never",
  deprivation4 = "Deprivation 4, to 5 (least)", deprivation3 = "Deprivation 3, to 5",
  deprivation2 = "Deprivation 2, to 5", deprivation1 = "Deprivation 1 (most), to 5",
  diabetesTRUE = "Type 2 diabetes", hypertensionTRUE = "Hypertension"
)
draw <- function(shown) {
  height <- rev(seq_len(nrow(shown)))
  plot(
    shown$odds_ratio, height,
    log = "x", xlim = range(0.5, 4, shown$lower_95, shown$upper_95), ylim = c(0.5, nrow(shown) + 0.5),
    yaxt = "n", pch = 15, col = "#1f6f78", xlab = "Odds ratio of a first heart attack, 95% interval", ylab = ""
  )
  abline(v = 1, col = "#9aa5a3", lty = 2)
  segments(shown$lower_95, height, shown$upper_95, height, col = "#1f6f78", lwd = 2)
  axis(2, height, names_of[shown$term], tick = FALSE)
  said <- sprintf("%.2f (%.2f to %.2f)", shown$odds_ratio, shown$lower_95, shown$upper_95)
  axis(4, height, said, tick = FALSE, cex.axis = 0.8)
}

shown <- odds_ratios[odds_ratios$model == "adjusted, conditional", ]
shown[3:5] <- lapply(shown[3:5], as.numeric)
svg(file.path(results, "odds_ratios.svg"), width = 8.5, height = 4.2)
par(mar = c(4, 12.5, 1, 8), las = 1, mgp = c(2.4, 0.6, 0), bty = "n")
if (enough) {
  draw(shown)
} else {
  plot.new()
  text(0.5, 0.5, "too few people for an estimate")
}
invisible(dev.off())
cat(if (enough) "fitted three models\n" else "too few people for an estimate\n")
