import csv
import glob
from collections import defaultdict
from pathlib import Path

from ehrql import codelist_from_csv, create_dataset, show
from ehrql.tables.core import clinical_events, patients

columns = {}
for path in sorted(Path("codelists").glob("*.csv")):
    with path.open() as file:
        columns[path.stem] = next(csv.reader(file))[0]
lists = {
    name: codelist_from_csv(f"codelists/{name}.csv", column=column)
    for name, column in columns.items()
    if name in ("diabetes", "ethnicity")
}
assert len(glob.glob("codelists/*.csv")) == len(columns)
dataset = create_dataset()
dataset.define_population(patients.exists_for_patient())
seen = defaultdict(list)
for name, codes in lists.items():
    has = clinical_events.where(clinical_events.snomedct_code.is_in(codes)).exists_for_patient()
    seen["any"].append(has)
    dataset.add_column(name, has)
show(dataset)
dataset.both = seen["any"][0] & seen["any"][1]
