"""Small files tell later jobs the outcome of a run."""

from pathlib import Path

from checks.outputs import FinishedRun, OutputLog
from checks.outputs.summary import JobFiles, dotenv, sentence
from tests.report.results import SINCE, failing, result

BAD = result(failing(), exit_code=1)


def test_both_files(tmp_path: Path) -> None:
    """One has the sentence, one the verdict as variables; what UTF-8 can't encode becomes an escape."""
    run = FinishedRun(result(failing(sentence="\udcff"), exit_code=1), SINCE, None, tmp_path)
    assert JobFiles().write(run) == OutputLog()
    assert (tmp_path / "sentence.txt").read_bytes() == f"{sentence(run.result)}\n".encode(errors="backslashreplace")
    assert (tmp_path / "verdict.env").read_text() == dotenv(run.result)


def test_one_that_cannot_be_written(tmp_path: Path) -> None:
    """This is a problem, but the other file is written."""
    (tmp_path / "sentence.txt").mkdir()
    log = JobFiles().write(FinishedRun(BAD, SINCE, None, tmp_path))
    assert log.problems == (f"sentence.txt: {tmp_path}/sentence.txt could not be written: Is a directory",)
    assert (tmp_path / "verdict.env").is_file()


def test_variables_of_a_job() -> None:
    """They have no spaces or quotes, so a shell and GitLab parse the same."""
    assert dotenv(BAD) == "HEALTH_VERDICT=fail\nHEALTH_EXIT_CODE=1\n"
