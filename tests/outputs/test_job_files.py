"""Small files tell the jobs that follow what a run came to."""

from pathlib import Path

from checks.outputs import FinishedRun, OutputLog
from checks.outputs.summary import JobFiles, dotenv, sentence
from tests.report.results import SINCE, failing, result

BAD = result(failing(), exit_code=1)


def test_both_files(tmp_path: Path) -> None:
    """The sentence, and the verdict as variables; what UTF-8 has no code for becomes an escape."""
    run = FinishedRun(result(failing(sentence="\udcff"), exit_code=1), SINCE, None, tmp_path)
    assert JobFiles().write(run) == OutputLog()
    assert (tmp_path / "sentence.txt").read_bytes() == f"{sentence(run.result)}\n".encode(errors="backslashreplace")
    assert (tmp_path / "verdict.env").read_text() == dotenv(run.result)


def test_one_that_cannot_be_written(tmp_path: Path) -> None:
    """It is a problem, and the other is there."""
    (tmp_path / "sentence.txt").mkdir()
    log = JobFiles().write(FinishedRun(BAD, SINCE, None, tmp_path))
    assert log.problems == (f"sentence.txt: {tmp_path}/sentence.txt could not be written: Is a directory",)
    assert (tmp_path / "verdict.env").is_file()


def test_variables_of_a_job() -> None:
    """No spaces, no quotes: a shell and GitLab read the same."""
    assert dotenv(BAD) == "HEALTH_VERDICT=fail\nHEALTH_EXIT_CODE=1\n"
