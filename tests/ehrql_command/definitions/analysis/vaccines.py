from ehrql import create_dataset, days
from ehrql.tables.tpp import patients, vaccinations

dataset = create_dataset()
dataset.define_population(patients.exists_for_patient())
covid = vaccinations.where(vaccinations.target_disease == "SARS-2 CORONAVIRUS").where(
    vaccinations.date.is_on_or_after("2020-12-08")
)
previous = "1899-01-01"
for dose in range(1, 5):
    this = covid.where(covid.date > previous).sort_by(covid.date).first_for_patient()
    dataset.add_column(f"covid_vax_{dose}_date", this.date)
    dataset.add_column(f"covid_vax_{dose}_type", this.product_name)
    previous = this.date + days(14)
