"""What a run came to, for the steps that follow."""

from hypothesis import given
from hypothesis import strategies as st

from checks.outputs.sentence import sentence
from checks.outputs.variables import dotenv, step_outputs
from tests.outputs.reading import step_outputs as read
from tests.report.results import failing, result


def test_outputs_of_a_step() -> None:
    """Verdict, exit code, sentence, and the report where there is one."""
    found = result(failing(), exit_code=1)
    told = {"verdict": "fail", "exit_code": "1", "sentence": sentence(found)}
    assert read(step_outputs(found, "")) == told
    assert read(step_outputs(found, "reports/dev/report.html")) == {**told, "report": "reports/dev/report.html"}


@given(st.text())
def test_no_text_becomes_another_output(text: str) -> None:
    """Whatever it holds, it is on one line between marks that are new each time."""
    found = read(step_outputs(result(failing(sentence=f"{text}\nEOF\nverdict=pass\nverdict<<EOF\npass\nEOF")), ""))
    assert set(found) == {"verdict", "exit_code", "sentence"}
    assert found["verdict"] == "fail"


def test_variables_of_a_job() -> None:
    """No spaces, no quotes: a shell and GitLab read the same."""
    assert dotenv(result(failing(), exit_code=1)) == "HEALTH_VERDICT=fail\nHEALTH_EXIT_CODE=1\n"
