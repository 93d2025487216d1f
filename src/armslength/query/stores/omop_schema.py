"""The tables of the OMOP Common Data Model 5.4: every column with its type, as data.

Each column is `name:type`, with `!` where the model requires a value. The first column is
the key of the table unless the table is named in WITHOUT_KEY. Facts: the CDM 5.4 specification
(ohdsi.github.io/CommonDataModel/cdm54.html). Version 5.3 differs by names in RENAMED_SINCE_5_3 and
by columns that are new.
"""

from __future__ import annotations

from dataclasses import dataclass

from armslength.query.formats.store import ColumnType
from armslength.query.model.codes import BaseCode

CodeSystem = type[BaseCode]


@dataclass(frozen=True, slots=True, kw_only=True)
class CdmColumn:
    """A column; `code` is the coding system whose codes it holds, where it holds codes."""

    name: str
    type: ColumnType
    required: bool
    code: CodeSystem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CdmTable:
    name: str
    columns: tuple[CdmColumn, ...]
    key: str | None

    @property
    def person(self) -> str | None:
        """Return the column that says whose row it is; a cohort's subject need not be a person."""
        return "person_id" if any(column.name == "person_id" for column in self.columns) else None

    @property
    def sorted_by(self) -> tuple[str, ...]:
        """Return the order rows are stored in: by person, then by the first required date, then by key."""
        dates = [column.name for column in self.columns if column.type is ColumnType.DATE and column.required]
        if self.person is None:
            return (self.key,) if self.key else ()
        return tuple(dict.fromkeys([self.person, *dates[:1], *([self.key] if self.key else [])]))


_TABLES = {
    "person": """
        person_id:int! gender_concept_id:int! year_of_birth:int! month_of_birth:int day_of_birth:int
        birth_datetime:datetime race_concept_id:int! ethnicity_concept_id:int! location_id:int
        provider_id:int care_site_id:int person_source_value:str gender_source_value:str
        gender_source_concept_id:int race_source_value:str race_source_concept_id:int
        ethnicity_source_value:str ethnicity_source_concept_id:int
    """,
    "observation_period": """
        observation_period_id:int! person_id:int! observation_period_start_date:date!
        observation_period_end_date:date! period_type_concept_id:int!
    """,
    "visit_occurrence": """
        visit_occurrence_id:int! person_id:int! visit_concept_id:int! visit_start_date:date!
        visit_start_datetime:datetime visit_end_date:date! visit_end_datetime:datetime
        visit_type_concept_id:int! provider_id:int care_site_id:int visit_source_value:str
        visit_source_concept_id:int admitted_from_concept_id:int admitted_from_source_value:str
        discharged_to_concept_id:int discharged_to_source_value:str preceding_visit_occurrence_id:int
    """,
    "visit_detail": """
        visit_detail_id:int! person_id:int! visit_detail_concept_id:int! visit_detail_start_date:date!
        visit_detail_start_datetime:datetime visit_detail_end_date:date! visit_detail_end_datetime:datetime
        visit_detail_type_concept_id:int! provider_id:int care_site_id:int visit_detail_source_value:str
        visit_detail_source_concept_id:int admitted_from_concept_id:int admitted_from_source_value:str
        discharged_to_source_value:str discharged_to_concept_id:int preceding_visit_detail_id:int
        parent_visit_detail_id:int visit_occurrence_id:int!
    """,
    "condition_occurrence": """
        condition_occurrence_id:int! person_id:int! condition_concept_id:int! condition_start_date:date!
        condition_start_datetime:datetime condition_end_date:date condition_end_datetime:datetime
        condition_type_concept_id:int! condition_status_concept_id:int stop_reason:str provider_id:int
        visit_occurrence_id:int visit_detail_id:int condition_source_value:str
        condition_source_concept_id:int condition_status_source_value:str
    """,
    "drug_exposure": """
        drug_exposure_id:int! person_id:int! drug_concept_id:int! drug_exposure_start_date:date!
        drug_exposure_start_datetime:datetime drug_exposure_end_date:date!
        drug_exposure_end_datetime:datetime verbatim_end_date:date drug_type_concept_id:int! stop_reason:str
        refills:int quantity:float days_supply:int sig:str route_concept_id:int lot_number:str
        provider_id:int visit_occurrence_id:int visit_detail_id:int drug_source_value:str
        drug_source_concept_id:int route_source_value:str dose_unit_source_value:str
    """,
    "procedure_occurrence": """
        procedure_occurrence_id:int! person_id:int! procedure_concept_id:int! procedure_date:date!
        procedure_datetime:datetime procedure_end_date:date procedure_end_datetime:datetime
        procedure_type_concept_id:int! modifier_concept_id:int quantity:int provider_id:int
        visit_occurrence_id:int visit_detail_id:int procedure_source_value:str
        procedure_source_concept_id:int modifier_source_value:str
    """,
    "device_exposure": """
        device_exposure_id:int! person_id:int! device_concept_id:int! device_exposure_start_date:date!
        device_exposure_start_datetime:datetime device_exposure_end_date:date
        device_exposure_end_datetime:datetime device_type_concept_id:int! unique_device_id:str
        production_id:str quantity:int provider_id:int visit_occurrence_id:int visit_detail_id:int
        device_source_value:str device_source_concept_id:int unit_concept_id:int unit_source_value:str
        unit_source_concept_id:int
    """,
    "measurement": """
        measurement_id:int! person_id:int! measurement_concept_id:int! measurement_date:date!
        measurement_datetime:datetime measurement_time:str measurement_type_concept_id:int!
        operator_concept_id:int value_as_number:float value_as_concept_id:int unit_concept_id:int
        range_low:float range_high:float provider_id:int visit_occurrence_id:int visit_detail_id:int
        measurement_source_value:str measurement_source_concept_id:int unit_source_value:str
        unit_source_concept_id:int value_source_value:str measurement_event_id:int
        meas_event_field_concept_id:int
    """,
    "observation": """
        observation_id:int! person_id:int! observation_concept_id:int! observation_date:date!
        observation_datetime:datetime observation_type_concept_id:int! value_as_number:float
        value_as_string:str value_as_concept_id:int qualifier_concept_id:int unit_concept_id:int
        provider_id:int visit_occurrence_id:int visit_detail_id:int observation_source_value:str
        observation_source_concept_id:int unit_source_value:str qualifier_source_value:str
        value_source_value:str observation_event_id:int obs_event_field_concept_id:int
    """,
    "death": """
        person_id:int! death_date:date! death_datetime:datetime death_type_concept_id:int
        cause_concept_id:int cause_source_value:str cause_source_concept_id:int
    """,
    "note": """
        note_id:int! person_id:int! note_date:date! note_datetime:datetime note_type_concept_id:int!
        note_class_concept_id:int! note_title:str note_text:str! encoding_concept_id:int!
        language_concept_id:int! provider_id:int visit_occurrence_id:int visit_detail_id:int
        note_source_value:str note_event_id:int note_event_field_concept_id:int
    """,
    "note_nlp": """
        note_nlp_id:int! note_id:int! section_concept_id:int snippet:str offset:str lexical_variant:str!
        note_nlp_concept_id:int note_nlp_source_concept_id:int nlp_system:str nlp_date:date!
        nlp_datetime:datetime term_exists:str term_temporal:str term_modifiers:str
    """,
    "specimen": """
        specimen_id:int! person_id:int! specimen_concept_id:int! specimen_type_concept_id:int!
        specimen_date:date! specimen_datetime:datetime quantity:float unit_concept_id:int
        anatomic_site_concept_id:int disease_status_concept_id:int specimen_source_id:str
        specimen_source_value:str unit_source_value:str anatomic_site_source_value:str
        disease_status_source_value:str
    """,
    "fact_relationship": """
        domain_concept_id_1:int! fact_id_1:int! domain_concept_id_2:int! fact_id_2:int!
        relationship_concept_id:int!
    """,
    "location": """
        location_id:int! address_1:str address_2:str city:str state:str zip:str county:str
        location_source_value:str country_concept_id:int country_source_value:str latitude:float
        longitude:float
    """,
    "care_site": """
        care_site_id:int! care_site_name:str place_of_service_concept_id:int location_id:int
        care_site_source_value:str place_of_service_source_value:str
    """,
    "provider": """
        provider_id:int! provider_name:str npi:str dea:str specialty_concept_id:int care_site_id:int
        year_of_birth:int gender_concept_id:int provider_source_value:str specialty_source_value:str
        specialty_source_concept_id:int gender_source_value:str gender_source_concept_id:int
    """,
    "payer_plan_period": """
        payer_plan_period_id:int! person_id:int! payer_plan_period_start_date:date!
        payer_plan_period_end_date:date! payer_concept_id:int payer_source_value:str
        payer_source_concept_id:int plan_concept_id:int plan_source_value:str plan_source_concept_id:int
        sponsor_concept_id:int sponsor_source_value:str sponsor_source_concept_id:int
        family_source_value:str stop_reason_concept_id:int stop_reason_source_value:str
        stop_reason_source_concept_id:int
    """,
    "cost": """
        cost_id:int! cost_event_id:int! cost_domain_id:int! cost_type_concept_id:int!
        currency_concept_id:int total_charge:float total_cost:float total_paid:float paid_by_payer:float
        paid_by_patient:float paid_patient_copay:float paid_patient_coinsurance:float
        paid_patient_deductible:float paid_by_primary:float paid_ingredient_cost:float
        paid_dispensing_fee:float payer_plan_period_id:int amount_allowed:float revenue_code_concept_id:int
        revenue_code_source_value:str drg_concept_id:int drg_source_value:str
    """,
    "drug_era": """
        drug_era_id:int! person_id:int! drug_concept_id:int! drug_era_start_date:date!
        drug_era_end_date:date! drug_exposure_count:int gap_days:int
    """,
    "dose_era": """
        dose_era_id:int! person_id:int! drug_concept_id:int! unit_concept_id:int! dose_value:float!
        dose_era_start_date:date! dose_era_end_date:date!
    """,
    "condition_era": """
        condition_era_id:int! person_id:int! condition_concept_id:int! condition_era_start_date:date!
        condition_era_end_date:date! condition_occurrence_count:int
    """,
    "episode": """
        episode_id:int! person_id:int! episode_concept_id:int! episode_start_date:date!
        episode_start_datetime:datetime episode_end_date:date episode_end_datetime:datetime
        episode_parent_id:int episode_number:int episode_object_concept_id:int! episode_type_concept_id:int!
        episode_source_value:str episode_source_concept_id:int
    """,
    "episode_event": """
        episode_id:int! event_id:int! episode_event_field_concept_id:int!
    """,
    "metadata": """
        metadata_id:int! metadata_concept_id:int! metadata_type_concept_id:int! name:str!
        value_as_string:str value_as_concept_id:int value_as_number:float metadata_date:date
        metadata_datetime:datetime
    """,
    "cdm_source": """
        cdm_source_name:str! cdm_source_abbreviation:str! cdm_holder:str! source_description:str
        source_documentation_reference:str cdm_etl_reference:str source_release_date:date!
        cdm_release_date:date! cdm_version:str cdm_version_concept_id:int! vocabulary_version:str!
    """,
    "concept": """
        concept_id:int! concept_name:str! domain_id:str! vocabulary_id:str! concept_class_id:str!
        standard_concept:str concept_code:str! valid_start_date:date! valid_end_date:date!
        invalid_reason:str
    """,
    "vocabulary": """
        vocabulary_id:str! vocabulary_name:str! vocabulary_reference:str vocabulary_version:str
        vocabulary_concept_id:int!
    """,
    "domain": """
        domain_id:str! domain_name:str! domain_concept_id:int!
    """,
    "concept_class": """
        concept_class_id:str! concept_class_name:str! concept_class_concept_id:int!
    """,
    "concept_relationship": """
        concept_id_1:int! concept_id_2:int! relationship_id:str! valid_start_date:date! valid_end_date:date!
        invalid_reason:str
    """,
    "relationship": """
        relationship_id:str! relationship_name:str! is_hierarchical:str! defines_ancestry:str!
        reverse_relationship_id:str! relationship_concept_id:int!
    """,
    "concept_synonym": """
        concept_id:int! concept_synonym_name:str! language_concept_id:int!
    """,
    "concept_ancestor": """
        ancestor_concept_id:int! descendant_concept_id:int! min_levels_of_separation:int!
        max_levels_of_separation:int!
    """,
    "source_to_concept_map": """
        source_code:str! source_concept_id:int! source_vocabulary_id:str! source_code_description:str
        target_concept_id:int! target_vocabulary_id:str! valid_start_date:date! valid_end_date:date!
        invalid_reason:str
    """,
    "drug_strength": """
        drug_concept_id:int! ingredient_concept_id:int! amount_value:float amount_unit_concept_id:int
        numerator_value:float numerator_unit_concept_id:int denominator_value:float
        denominator_unit_concept_id:int box_size:int valid_start_date:date! valid_end_date:date!
        invalid_reason:str
    """,
    "cohort": """
        cohort_definition_id:int! subject_id:int! cohort_start_date:date! cohort_end_date:date!
    """,
    "cohort_definition": """
        cohort_definition_id:int! cohort_definition_name:str! cohort_definition_description:str
        definition_type_concept_id:int! cohort_definition_syntax:str subject_concept_id:int!
        cohort_initiation_date:date
    """,
}

WITHOUT_KEY = frozenset(
    {
        "cdm_source",
        "cohort",
        "concept_ancestor",
        "concept_relationship",
        "concept_synonym",
        "death",
        "drug_strength",
        "episode_event",
        "fact_relationship",
        "source_to_concept_map",
    }
)

# (table, name in 5.3) to the name in 5.4.
RENAMED_SINCE_5_3: dict[tuple[str, str], str] = {
    ("visit_occurrence", "admitting_source_concept_id"): "admitted_from_concept_id",
    ("visit_occurrence", "admitting_source_value"): "admitted_from_source_value",
    ("visit_occurrence", "discharge_to_concept_id"): "discharged_to_concept_id",
    ("visit_occurrence", "discharge_to_source_value"): "discharged_to_source_value",
    ("visit_detail", "admitting_source_concept_id"): "admitted_from_concept_id",
    ("visit_detail", "admitting_source_value"): "admitted_from_source_value",
    ("visit_detail", "discharge_to_concept_id"): "discharged_to_concept_id",
    ("visit_detail", "discharge_to_source_value"): "discharged_to_source_value",
    ("visit_detail", "visit_detail_parent_id"): "parent_visit_detail_id",
}
# Required in 5.4, unknown to 5.3: a file without them is not refused.
NEW_SINCE_5_3 = frozenset({("cdm_source", "cdm_version_concept_id"), ("metadata", "metadata_id")})


def _columns(text: str) -> tuple[CdmColumn, ...]:
    columns = []
    for word in text.split():
        name, _, kind = word.partition(":")
        columns.append(CdmColumn(name=name, type=ColumnType(kind.rstrip("!")), required=kind.endswith("!")))
    return tuple(columns)


def _table(name: str, text: str) -> CdmTable:
    columns = _columns(text)
    return CdmTable(name=name, columns=columns, key=None if name in WITHOUT_KEY else columns[0].name)


CDM_TABLES: dict[str, CdmTable] = {name: _table(name, text) for name, text in _TABLES.items()}
