"""What the sample is made of: every named condition, measurement, vaccine and medicine, as data.

Codelists for examples are written from this page. Codes are SNOMED CT and dm+d concepts in common
use, named as public facts; where we were not sure of a product's id the code is made up and says so
(`made_up=True`, see codes.py). No list of a real study may be written from here: use a terminology
release.

How often things happen is set to look like England, not to estimate anything about it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from armslength.query.stores.sample.codes import made_up_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    code: str
    term: str
    made_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A long-term condition and who gets it.

    `by_60` is the share of average people who have it by the age of 60; `growth` how fast the rate
    grows by year of age (negative: an illness of youth); `start` the age before which nobody gets
    it. The rest are logarithms of rate ratios: most against least deprived, women against men,
    current smokers against never, per standard deviation of body mass index, and for those who get
    another condition in their life. `only` names the sex that gets it at all; then `by_60` counts those.
    """

    name: str
    code: str
    term: str
    by_60: float
    growth: float
    start: float = 0.0
    deprivation: float = 0.0
    female: float = 0.0
    only: str | None = None
    smoking: float = 0.0
    bmi: float = 0.0
    with_others: dict[str, float] = field(default_factory=dict)
    icd10: str | None = None
    deadly: float = 0.0


# Order matters: a condition may only look at those above it.
CONDITIONS: tuple[Condition, ...] = (
    Condition(name="asthma", code="195967001", term="Asthma", by_60=0.13, growth=-0.03, start=2,
              deprivation=0.25, female=0.15, icd10="J459", deadly=0.2),
    Condition(name="eczema", code="24079001", term="Atopic dermatitis", by_60=0.17, growth=-0.12,
              with_others={"asthma": 0.8}),
    Condition(name="type_1_diabetes", code="46635009", term="Diabetes mellitus type 1", by_60=0.005,
              growth=-0.05, start=2, female=-0.2, icd10="E109", deadly=1.0),
    Condition(name="type_2_diabetes", code="44054006", term="Diabetes mellitus type 2", by_60=0.065,
              growth=0.045, start=28, deprivation=0.8, female=-0.35, smoking=0.2, bmi=0.75, icd10="E119", deadly=0.8),
    Condition(name="hypertension", code="59621000", term="Essential hypertension", by_60=0.22, growth=0.055,
              start=22, deprivation=0.3, female=-0.1, bmi=0.35, with_others={"type_2_diabetes": 0.6},
              icd10="I10", deadly=0.3),
    Condition(name="hyperlipidaemia", code="55822004", term="Hyperlipidaemia", by_60=0.14, growth=0.05,
              start=25, deprivation=0.15, bmi=0.2, with_others={"type_2_diabetes": 0.6}),
    Condition(name="copd", code="13645005", term="Chronic obstructive pulmonary disease", by_60=0.014,
              growth=0.075, start=38, deprivation=0.9, smoking=2.2,
              with_others={"asthma": 0.5}, icd10="J449", deadly=3.0),
    Condition(name="coronary_heart_disease", code="53741008", term="Coronary arteriosclerosis", by_60=0.027,
              growth=0.07, start=32, deprivation=0.5, female=-0.8, smoking=0.7,
              with_others={"type_2_diabetes": 0.5, "hypertension": 0.4, "hyperlipidaemia": 0.3},
              icd10="I259", deadly=3.0),
    Condition(name="myocardial_infarction", code="22298006", term="Myocardial infarction", by_60=0.008,
              growth=0.07, start=32, deprivation=0.5, female=-0.8, smoking=0.8,
              with_others={"coronary_heart_disease": 1.6}, icd10="I219", deadly=4.0),
    Condition(name="stroke", code="230690007", term="Cerebrovascular accident", by_60=0.011, growth=0.075,
              start=35, deprivation=0.4, female=-0.2, smoking=0.6,
              with_others={"hypertension": 0.7, "type_2_diabetes": 0.4}, icd10="I64", deadly=3.0),
    Condition(name="tia", code="266257000", term="Transient ischaemic attack", by_60=0.007, growth=0.075,
              start=40, deprivation=0.2, with_others={"hypertension": 0.5, "stroke": 0.8}),
    Condition(name="atrial_fibrillation", code="49436004", term="Atrial fibrillation", by_60=0.013,
              growth=0.085, start=35, female=-0.35, bmi=0.2, with_others={"hypertension": 0.4},
              icd10="I489", deadly=1.0),
    Condition(name="heart_failure", code="84114007", term="Heart failure", by_60=0.0045, growth=0.1, start=40,
              deprivation=0.5, female=-0.3, bmi=0.2,
              with_others={"coronary_heart_disease": 1.2, "atrial_fibrillation": 0.8}, icd10="I500", deadly=3.0),
    Condition(name="ckd_stage_3", code="433144002", term="Chronic kidney disease stage 3", by_60=0.018,
              growth=0.09, start=35, deprivation=0.3, female=0.25,
              with_others={"hypertension": 0.7, "type_2_diabetes": 0.7}, icd10="N183", deadly=0.7),
    Condition(name="ckd_stage_4", code="431857002", term="Chronic kidney disease stage 4", by_60=0.0015,
              growth=0.1, start=40, deprivation=0.3, with_others={"ckd_stage_3": 1.8}, icd10="N184", deadly=2.0),
    Condition(name="depression", code="35489007", term="Depressive disorder", by_60=0.22, growth=-0.008,
              start=13, deprivation=0.6, female=0.55, smoking=0.3),
    Condition(name="anxiety", code="197480006", term="Anxiety disorder", by_60=0.17, growth=-0.012, start=11,
              deprivation=0.4, female=0.5, with_others={"depression": 1.0}),
    Condition(name="schizophrenia", code="58214004", term="Schizophrenia", by_60=0.007, growth=-0.04,
              start=16, deprivation=1.1, female=-0.4, smoking=0.5),
    Condition(name="bipolar_disorder", code="13746004", term="Bipolar disorder", by_60=0.008, growth=-0.03,
              start=16, deprivation=0.4, with_others={"depression": 0.6}),
    Condition(name="epilepsy", code="84757009", term="Epilepsy", by_60=0.012, growth=-0.01, deprivation=0.4,
              icd10="G409", deadly=0.8),
    Condition(name="migraine", code="37796009", term="Migraine", by_60=0.11, growth=-0.02, start=8, female=1.0),
    Condition(name="psoriasis", code="9014002", term="Psoriasis", by_60=0.035, growth=-0.005, start=5, smoking=0.2),
    Condition(name="hypothyroidism", code="40930008", term="Hypothyroidism", by_60=0.04, growth=0.03, start=10,
              female=1.5),
    Condition(name="osteoarthritis", code="396275006", term="Osteoarthritis", by_60=0.09, growth=0.06, start=30,
              deprivation=0.15, female=0.4, bmi=0.35),
    Condition(name="rheumatoid_arthritis", code="69896004", term="Rheumatoid arthritis", by_60=0.008,
              growth=0.03, start=18, female=0.9, smoking=0.4),
    Condition(name="osteoporosis", code="64859006", term="Osteoporosis", by_60=0.018, growth=0.085, start=40,
              female=1.5, bmi=-0.4, smoking=0.3),
    Condition(name="dementia", code="52448006", term="Dementia", by_60=0.0024, growth=0.135, start=45,
              deprivation=0.25, female=0.1, with_others={"stroke": 0.5}, icd10="F03", deadly=6.0),
    Condition(name="breast_cancer", code="254837009", term="Malignant neoplasm of breast", by_60=0.028,
              growth=0.045, start=28, deprivation=-0.15, only="female", icd10="C509", deadly=3.0),
    Condition(name="prostate_cancer", code="399068003", term="Malignant neoplasm of prostate", by_60=0.008,
              growth=0.11, start=42, deprivation=-0.2, only="male", icd10="C61", deadly=2.5),
    Condition(name="lung_cancer", code="363358000", term="Malignant neoplasm of lung", by_60=0.0025, growth=0.09,
              start=35, deprivation=0.5, smoking=2.4, icd10="C349", deadly=20.0),
    Condition(name="colon_cancer", code="363406005", term="Malignant neoplasm of colon", by_60=0.004,
              growth=0.085, start=30, female=-0.3, bmi=0.15, icd10="C189", deadly=8.0),
)  # fmt: skip

# Causes of those who die of nothing named above, with their weight in the pool.
OTHER_CAUSES: tuple[tuple[str, float], ...] = (
    ("J189", 1.6), ("C259", 0.9), ("C80", 0.9), ("K703", 0.5), ("I719", 0.5), ("N390", 0.3), ("A419", 0.5),
    ("W19", 0.5), ("X599", 0.4), ("R54", 1.0), ("G20", 0.5), ("K559", 0.3), ("C159", 0.5), ("C679", 0.4),
)  # fmt: skip
COVID_CAUSE = "U071"

BODY_MASS_INDEX = Concept(code="60621009", term="Body mass index")
WEIGHT = Concept(code="27113001", term="Body weight")
SYSTOLIC = Concept(code="271649006", term="Systolic blood pressure")
DIASTOLIC = Concept(code="271650006", term="Diastolic blood pressure")
HBA1C = Concept(code="999791000000106", term="Haemoglobin A1c level, IFCC standardised (mmol/mol)")
CHOLESTEROL = Concept(code="1005671000000105", term="Serum cholesterol level (mmol/l)")
EGFR = Concept(code="1022191000000100", term="Estimated glomerular filtration rate (ml/min/1.73 m2)")
NEVER_SMOKED = Concept(code="266919005", term="Never smoked tobacco")
EX_SMOKER = Concept(code="8517006", term="Ex-smoker")
SMOKER = Concept(code="77176002", term="Smoker")
FLU_VACCINE = Concept(code="86198006", term="Influenza vaccination")
PNEUMOCOCCAL_VACCINE = Concept(code="12866006", term="Pneumococcal vaccination")
MMR_VACCINE = Concept(code="38598009", term="Measles, mumps and rubella vaccination")
COVID_VACCINE = Concept(code="840534001", term="Administration of SARS-CoV-2 vaccine")

# Everyday reasons to see somebody; they lead the long tail of other codes.
EVERYDAY: tuple[Concept, ...] = (
    Concept(code="54150009", term="Upper respiratory infection"),
    Concept(code="279039007", term="Low back pain"),
    Concept(code="68566005", term="Urinary tract infectious disease"),
    Concept(code="21522001", term="Abdominal pain"),
    Concept(code="10509002", term="Acute bronchitis"),
    Concept(code="65363002", term="Otitis media"),
    Concept(code="36971009", term="Sinusitis"),
)
OBSERVATIONS: tuple[Concept, ...] = (
    BODY_MASS_INDEX, WEIGHT, SYSTOLIC, DIASTOLIC, HBA1C, CHOLESTEROL, EGFR, NEVER_SMOKED, EX_SMOKER, SMOKER,
    FLU_VACCINE, PNEUMOCOCCAL_VACCINE, MMR_VACCINE, COVID_VACCINE,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicine:
    """A repeat medicine: which product, for whom, how many of them take it, every how many days."""

    name: str
    products: tuple[Concept, ...]
    conditions: tuple[str, ...]
    uptake: float
    every: float = 56.0


def _made(number: int, term: str) -> Concept:
    return Concept(code=made_up_code(9_000_000 + number), term=term, made_up=True)


MEDICINES: tuple[Medicine, ...] = (
    Medicine(name="statin", uptake=0.66, conditions=(
        "type_2_diabetes", "coronary_heart_disease", "myocardial_infarction", "stroke", "hyperlipidaemia"), products=(
        Concept(code="320029006", term="Atorvastatin 10mg tablets"),
        Concept(code="320030001", term="Atorvastatin 20mg tablets"),
        Concept(code="320031002", term="Atorvastatin 40mg tablets"),
        Concept(code="319996000", term="Simvastatin 10mg tablets"),
        Concept(code="319997009", term="Simvastatin 20mg tablets"),
        Concept(code="320000009", term="Simvastatin 40mg tablets"))),
    Medicine(name="metformin", uptake=0.72, conditions=("type_2_diabetes",), products=(
        Concept(code="325278007", term="Metformin 500mg tablets"),
        Concept(code="325279004", term="Metformin 850mg tablets"))),
    Medicine(name="gliclazide", uptake=0.22, conditions=("type_2_diabetes",), products=(
        Concept(code="325238000", term="Gliclazide 80mg tablets"),)),
    Medicine(name="insulin", uptake=0.97, conditions=("type_1_diabetes",), products=(
        _made(1, "Insulin, pre-filled pen"),)),
    Medicine(name="calcium_channel_blocker", uptake=0.45, conditions=("hypertension",), products=(
        Concept(code="319283006", term="Amlodipine 5mg tablets"),
        Concept(code="319284000", term="Amlodipine 10mg tablets"))),
    Medicine(name="ace_inhibitor", uptake=0.5, conditions=("hypertension", "heart_failure", "myocardial_infarction"),
             products=(Concept(code="318906001", term="Ramipril 10mg capsules"), _made(2, "Ramipril 5mg capsules"))),
    Medicine(name="angiotensin_blocker", uptake=0.2, conditions=("hypertension",), products=(
        Concept(code="318956006", term="Losartan 50mg tablets"),)),
    Medicine(name="antiplatelet", uptake=0.7, conditions=("coronary_heart_disease", "myocardial_infarction", "stroke",
             "tia"), products=(Concept(code="319775004", term="Aspirin 75mg dispersible tablets"),
                               _made(3, "Clopidogrel 75mg tablets"))),
    Medicine(name="anticoagulant", uptake=0.75, conditions=("atrial_fibrillation",), products=(
        _made(4, "Apixaban 5mg tablets"),)),
    Medicine(name="reliever_inhaler", uptake=0.7, conditions=("asthma", "copd"), every=85.0, products=(
        Concept(code="39113611000001102", term="Salbutamol 100micrograms/dose inhaler CFC free"),)),
    Medicine(name="preventer_inhaler", uptake=0.5, conditions=("asthma",), every=70.0, products=(
        _made(5, "Beclometasone 100micrograms/dose inhaler"),)),
    Medicine(name="long_acting_inhaler", uptake=0.7, conditions=("copd",), every=30.0, products=(
        _made(6, "Tiotropium bromide inhalation powder"),)),
    Medicine(name="antidepressant", uptake=0.55, conditions=("depression", "anxiety"), products=(
        _made(7, "Sertraline 50mg tablets"), _made(8, "Citalopram 20mg tablets"),
        _made(9, "Fluoxetine 20mg capsules"))),
    Medicine(name="antipsychotic", uptake=0.8, conditions=("schizophrenia",), every=28.0, products=(
        _made(10, "Olanzapine 10mg tablets"),)),
    Medicine(name="levothyroxine", uptake=0.9, conditions=("hypothyroidism",), products=(
        Concept(code="325072002", term="Levothyroxine sodium 25microgram tablets"),
        Concept(code="325073007", term="Levothyroxine sodium 50microgram tablets"),
        Concept(code="325074001", term="Levothyroxine sodium 100microgram tablets"))),
)  # fmt: skip

ACUTE_MEDICINES: tuple[Concept, ...] = (
    Concept(code="322236009", term="Paracetamol 500mg tablets"),
    Concept(code="323510009", term="Amoxicillin 500mg capsules"),
    Concept(code="317291008", term="Omeprazole 20mg gastro-resistant capsules"),
)
