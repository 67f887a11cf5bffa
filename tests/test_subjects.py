"""Subjects, families of signals, and kinds of evidence are consistent."""

from pathlib import Path

from checks.metrics import FAMILIES, IN_LOGS, SignalFamily, Subject

SQL = Path(__file__).parents[1] / "checks" / "analysis" / "sql" / "metrics"


def test_each_subject_of_the_logs_has_its_numbers() -> None:
    """An SQL file with the name of the subject defines them."""
    assert {file.stem for file in SQL.glob("*.sql")} == set(IN_LOGS)


def test_each_family_of_signals_belongs_to_one_analysis() -> None:
    """An application without that analysis, such as `welcome: none`, logs none of its signals."""
    families = [family for members in FAMILIES.values() for family in members]
    assert sorted(families) == sorted(SignalFamily)
    assert set(FAMILIES) <= {*IN_LOGS} - {Subject.DATA}
