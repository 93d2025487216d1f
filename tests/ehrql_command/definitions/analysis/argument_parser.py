import argparse
import sys
from datetime import datetime

from ehrql import create_dataset
from ehrql.tables.core import patients

parser = argparse.ArgumentParser()
parser.add_argument("--start-date", type=lambda text: datetime.strptime(text, "%Y-%m-%d").date())
parser.add_argument("--cohort")
arguments = parser.parse_args(sys.argv[1:])
dataset = create_dataset()
dataset.define_population(patients.is_alive_on(arguments.start_date) & patients.exists_for_patient())
if arguments.cohort == "old":
    dataset.age = patients.age_on(arguments.start_date)
