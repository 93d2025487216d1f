"""Each month and practice: of people with hypertension, in how many is it controlled?

The counts are exact, because deciles of rounded rates of small practices would be deciles of the rounding. So the file
is highly sensitive, and only what `draw_deciles.py` makes of it is looked at.
"""

from ehrql import create_measures
from hypertension import MONTHS, controlled, has_hypertension, registration

measures = create_measures()
measures.configure_dummy_data(population_size=200)
measures.configure_disclosure_control(enabled=False)
measures.define_measure(
    "by_practice",
    numerator=controlled,
    denominator=has_hypertension,
    group_by={"practice": registration.practice_pseudo_id},
    intervals=MONTHS,
)
