"""Studies written for the retired `beta` names load today's tables and are told so."""

import subprocess
import sys


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_retired_names_are_todays_tables_with_one_notice():
    done = run(
        "from ehrql.tables.beta.tpp import patients\n"
        "from ehrql.tables.beta.tpp import addresses\n"
        "import ehrql.tables.tpp as today\n"
        "print(patients is today.patients, addresses is today.addresses)\n"
    )
    assert done.stdout.strip() == "True True"
    assert done.stderr.count("notice:") == 1
    assert "ehrql.tables.tpp" in done.stderr


def test_a_renamed_table_says_its_name_of_today():
    done = run("from ehrql.tables.beta import tpp\ntpp.hospital_admissions")
    assert done.returncode == 1
    assert "`hospital_admissions` is now `apcs`" in done.stderr
