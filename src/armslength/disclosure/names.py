"""Names: what the words in a column's header say about what the column shows."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

_CAMEL = re.compile(r"([a-z0-9])([A-Z])")
_NOT_WORD = re.compile(r"[^a-z0-9%]+")


def vocabulary(words: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(words.split())


COUNT = vocabulary(
    "n no num nr number numbers count counts cnt numerator denominator denom patient patients people "
    "person persons individuals participants subjects respondents event events case cases control "
    "controls death deaths died admissions hospitalisations hospitalizations attendances total totals "
    "tot freq frequency population pop episodes appointments consultations prescriptions items tests "
    "sample obs observations nobs registered hits users recipients women men children adults"
)
# What a count may be of that is not people or what happened to them: after a count word these make it a size of
# something else, or the name of a grouping (`dose_number`, `n_months`, `number_of_practices`).
NOT_PEOPLE = vocabulary(
    "dose doses code codes practice practices gp gps stp stps icb icbs region regions month months "
    "week weeks day days year years hour hours minute minutes knot knots parameter parameters param "
    "params par model models variable variables var vars iteration iterations imputation imputations "
    "bin bins band bands group groups level levels category categories rank order file files column "
    "columns row rows study studies condition conditions comorbidity comorbidities multimorbidities "
    "site sites hospital hospitals organisation organisations cluster clusters stratum strata "
    "quantile quantiles percentile percentiles decile deciles quintile quintiles period periods "
    "interval intervals lag seed version sheet fold tree trees chain chains jobs unique term terms "
    "coefficient coefficients wave waves line lines page pages figure table step steps phase coef coefs "
    "covariate covariates predictor predictors thread threads core cores worker workers warning warnings "
    "stp ccg ccgs msoa msoas lsoa lsoas utla utlas ltla ltlas trust trusts pcn pcns board boards school schools "
    "outcome outcomes exposure exposures comparison comparisons bootstrap bootstraps draw draws"
)
PERSON_TIME = vocabulary(
    "personyears personyear pyears pyear pyr pyrs py personmonths persondays persontime personweeks "
    "pdays fup followup exposure yearsatrisk patientyears"
)
PROPORTION = vocabulary(
    "pct pcts percent percentage percentages perc proportion proportions prop props share ratio "
    "prevalence coverage uptake %"
)
RATE = vocabulary("rate rates per incidence ir irs asr dsr 1000 100000 p100k")
MEAN = vocabulary("mean means avg average averages")
SPREAD = vocabulary("sd sds se ses std stdev stddev stderr variance var iqr error cv")
QUANTILE = vocabulary("median medians q1 q2 q3 q25 q50 q75 p5 p10 p25 p50 p75 p90 p95 lq uq")
EXTREME = vocabulary("min max minimum maximum range smallest largest lowest highest")
BOUND = vocabulary("ci lci uci lcl ucl lower upper conf lb ub ll ul cil ciu low95 high95 95 95ci ci95")
P_VALUE = vocabulary("pvalue pval p.value")
ESTIMATE = vocabulary(
    "estimate estimates est coef coefs coefficient beta hr ahr or aor rr arr irr airr smd auc aic bic "
    "loglik lr statistic stat z t chisq chi2 f lnhr lnor log hazard survival surv cuminc risk diff "
    "difference odds score weight weights weighted value values deviance r2 rsq exp effect robust inc "
    "cumulative change ve efficacy kappa ppv npv sensitivity specificity accuracy sigma tau theta rho "
    "vif fitted predicted pred residual smoothed ratio_est cost costs price spend nic quantity amount "
    "gini skew kurtosis index_value"
)
DEGREES = vocabulary("df dof ndf degrees knots nknots")
CODE = vocabulary(
    "code codes snomed snomedct snomedcode dmd vmp vmpp amp vtm bnf icd icd10 ctv3 ctv3id read read2 "
    "opcs opcs4 concept conceptid atc term_id dmdid dmd_id vpid apid vppid appid isid vtmid"
)
ATTRIBUTE = vocabulary(
    "sex gender age dob birth born ethnicity ethnic postcode lsoa msoa died death_date smoker smoking "
    "bmi imd deprivation admitted discharged diagnosis carehome"
)
DIMENSION = vocabulary(
    "year years month months week weeks day days quarter quintile quintiles decile deciles quartile "
    "band bands group groups level levels category categories characteristic measure interval start "
    "end rank order index version time times period age imd region stp icb percentile percentiles "
    "subgroup strata stratum cohort variable outcome label name type model dose wave step date "
    "centile quantile bin term tstart tstop vaccine product"
)
FREE_TEXT = vocabulary("note notes comment comments narrative freetext consultationtext letter")
DESCRIPTION = vocabulary(
    "term terms label labels description descriptions desc formula call variable model warning "
    "warnings message messages definition title name characteristic outcome exposure measure category "
    "covariate covariates term_name source reason caveat methodology adjustment"
)
INDEX_NAMES = frozenset(
    {"", "x", "x1", "1", "unnamed_0", "index", "row", "rownum", "rowid", "row_id", "row_number"}
)
# Names of a row's number that are also those of a count: enough rows must count up one by one.
NUMBER_NAMES = frozenset({"no", "nr", "num", "number"})

_PEOPLE_WORDS = "patient|person|pat|subject|pseudo|nhs|participant|respondent|member|client|user"
# These name one person (or one practice) whatever the values are.
STRONG_IDENTIFIER = re.compile(
    rf"^({_PEOPLE_WORDS})_?(id|ids|identifier|key|hash|uuid|guid|no|nr|number|pseudo_id|pseudoid)(_\w+)?$|_pseudo_id$"
    r"|^pid$|^nhs(_number|_no)?$|^(practice|gp|organisation)_pseudo_id$|^pseudo_?id$|^(patid|eid|lopatid|mrn|chi_number)$"
    r"|^(medical_record|hospital|chi)_(number|no)$"
)
# These may also name a row, a model, a measure: only the values can tell.
WEAK_IDENTIFIER = re.compile(
    r"^((record|row|study|case|hospital|practice|event|episode|spell)_?)?(id|ids|identifier|key|hash|uuid|guid)$"
)
PERSONAL_NAME = re.compile(
    r"^(first|last|full|given|family|middle|patient|maiden)_?name$|^(surname|forename|forenames)$"
)


@lru_cache(maxsize=4096)
def normal(name: str) -> str:
    """A header in lower case with one underscore between words.

    >>> normal("N.events (%)"), normal("personId")
    ('n_events_%', 'person_id')
    """
    return _NOT_WORD.sub("_", _CAMEL.sub(r"\1_\2", name).lower()).strip("_")


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """The words of a header."""
    return tuple(part for part in normal(name).split("_") if part)


# A count word beside one of these belongs to a statistic of counts: `mean_n`, `events_per_1000`, `n_lower`.
_NEVER_WITH_COUNTS = (
    PROPORTION | RATE | MEAN | QUANTILE | EXTREME | P_VALUE | DEGREES
    | vocabulary("sd se std var iqr lower upper lci uci lcl ucl ci id ids code weighted cost band group name")
    | vocabulary("date since")
)  # fmt: skip


def is_person_time(name: str) -> bool:
    """True for the name of a time at risk: `person_years`, `pyears`, `fup_time`."""
    parts = words(name)
    joined = "".join(parts)
    pairs = {"".join(pair) for pair in pairwise(parts)}
    return bool(PERSON_TIME & (set(parts) | pairs)) or "persontime" in joined or "personyear" in joined


@lru_cache(maxsize=16_384)
def counts_people(name: str) -> bool:
    """True when a header says that its column counts people or what happened to them.

    >>> counts_people("n_events_midpoint6"), counts_people("dose_number"), counts_people("event_rate")
    (True, False, False)
    """
    parts = words(name)
    found = set(parts)
    if not found & COUNT or is_person_time(name):
        return False
    if found & _NEVER_WITH_COUNTS:
        return False
    return not is_size_of_something_else(name)


def is_size_of_something_else(name: str) -> bool:
    """True for `dose_number`, `n_months`, `number_of_practices`: a count, but not of people."""
    parts = [part for part in words(name) if part not in {"of", "the", "distinct", "different", "rounded"}]
    for position, part in enumerate(parts):
        if part not in NOT_PEOPLE:
            continue
        # `n_week_1` counts people in week 1; `n_weeks` counts weeks.
        if position + 1 < len(parts) and parts[position + 1].isdigit():
            continue
        beside = set(parts[max(0, position - 1) : position]) | set(parts[position + 1 : position + 2])
        if beside & {"n", "no", "num", "nr", "number", "count", "counts", "cnt", "total", "freq"}:
            return not set(parts) & {
                "patients",
                "people",
                "persons",
                "events",
                "deaths",
                "individuals",
                "cases",
            }
    return False
