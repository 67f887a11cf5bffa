"""Links and commands for AWS have the right contents, and nothing breaks out of them."""

import re
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.metrics import EvidenceKind
from checks.report.links import aws_command, insights_url, links
from checks.report.result import Result
from tests.report.results import HOSTILE, SINCE, UNPRINTABLE, UNTIL, evidence, fetch, group, reading, receipt, result

QUERY = "fields @timestamp\n| filter @message like /(?i)gone/"

FRAGMENT = "#logsV2:logs-insights"


def decoded(text: str) -> str:
    """Return what a string in a link stands for."""
    units = re.sub(r"\*\*([0-9a-f]{4})|\*([0-9a-f]{2})", lambda match: chr(int(match[1] or match[2], 16)), text)
    return rejoined(units)


def rejoined(text: str) -> str:
    """Return a text after a round trip through UTF-16, which joins adjacent surrogates."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def detail(link: str) -> re.Match[str]:
    """Return the window, the query and the log groups of a link."""
    fragment = unquote(link.partition(FRAGMENT)[2].replace("$", "%"))
    match = re.fullmatch(
        r"\?queryDetail=~\(end~'(?P<end>[^~]*)~start~'(?P<start>[^~]*)~timeType~'ABSOLUTE~tz~'UTC"
        r"~editorString~'(?P<query>[^~]*)~source~\((?P<groups>(?:~'[^~()']*)+)\)\)",
        fragment,
    )
    assert match
    return match


def link(query: str = QUERY, *groups: str, region: str = "eu-west-1") -> str:
    return insights_url(region, groups or ("/aws/lambda/prod-chat",), SINCE, UNTIL, query)


def run(command: str, folder: Path) -> list[str]:
    """Return the arguments of the AWS CLI if the command were pasted into a shell."""
    fake = folder / "aws"
    fake.write_text("""#!/bin/sh\nprintf '%s\\0' "$@"\n""", encoding="utf-8")
    fake.chmod(0o755)
    path = {"PATH": f"{folder}:/usr/bin:/bin"}
    done = subprocess.run(["sh", "-c", command], env=path, capture_output=True, check=True, cwd=folder)
    assert not done.stderr
    return done.stdout.decode().split("\0")[:-1]


def test_a_link_is_like_those_of_the_console() -> None:
    """The golden example has an absolute window, a query and log groups."""
    assert link("fields @message | limit 20", "/aws/lambda/chat", "api") == (
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:logs-insights$3FqueryDetail$3D"
        "~(end~'2026-06-03T00*3a00*3a00.000Z~start~'2026-06-02T00*3a00*3a00.000Z~timeType~'ABSOLUTE~tz~'UTC"
        "~editorString~'fields*20*40message*20*7c*20limit*2020~source~(~'*2faws*2flambda*2fchat~'api))"
    )


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "us-east-1.console.aws.amazon.com"),
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ("eusc-de-east-1", "eusc-de-east-1.console.amazonaws-eusc.eu"),
    ],
)
def test_each_partition_has_its_console(region: str, host: str) -> None:
    """China, GovCloud and the European Sovereign Cloud have other host names."""
    assert link(region=region).startswith(f"https://{host}/cloudwatch/home?region={region}#")


@given(st.text(), st.lists(st.text(), min_size=1, max_size=3))
def test_a_link_keeps_query_and_groups(query: str, groups: list[str]) -> None:
    """They can be decoded from the link again."""
    parts = detail(link(query, *groups))
    assert decoded(parts["query"]) == rejoined(query)
    assert [decoded(group) for group in parts["groups"].split("~'")[1:]] == [rejoined(group) for group in groups]


@given(st.text(), st.text(), st.text())
def test_nothing_breaks_out_of_a_link(query: str, group: str, region: str) -> None:
    """No text ends the attribute, the fragment or its string, or leads to another host."""
    made = link(query + HOSTILE, group + HOSTILE, region=region + "evil.example/?#@")
    assert re.fullmatch(r"[A-Za-z0-9_.*~()'$:/?#=%-]+", made)
    assert made.count("#") == 1
    assert re.match(
        r"https://[A-Za-z0-9_.%~-]*\.console\.(aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com|amazonaws-eusc\.eu)/",
        made,
    )


def test_a_window_is_in_utc() -> None:
    """Times of other zones are converted, to the millisecond."""
    zone = timezone(timedelta(hours=2))
    since = datetime(2026, 6, 2, 2, 0, 0, 7_000, zone)
    parts = detail(insights_url("eu-west-1", ["a"], since, since + timedelta(seconds=1), QUERY))
    assert decoded(parts["start"]) == "2026-06-02T00:00:00.007Z"
    assert decoded(parts["end"]) == "2026-06-02T00:00:01.007Z"


def test_a_command_asks_for_the_window_and_all_terms(tmp_path: Path) -> None:
    """Times are in milliseconds, the end is inclusive, and an id with `-` and `=` is quoted."""
    since = datetime(2026, 6, 2, tzinfo=UTC)
    command = aws_command(
        "eu-west-1", "/aws/lambda/chat", since, since + timedelta(seconds=1), ["Qw-LmXa9oAMCKbg=", "410"]
    )
    assert run(command, tmp_path) == [
        "logs",
        "filter-log-events",
        "--region=eu-west-1",
        "--log-group-name=/aws/lambda/chat",
        "--start-time=1780358400000",
        "--end-time=1780358400999",
        '--filter-pattern="Qw-LmXa9oAMCKbg=" "410"',
    ]


def test_a_command_can_be_read() -> None:
    """It is there to be copied: nothing is quoted without need."""
    command = aws_command("eu-west-1", "/aws/lambda/chat", SINCE, UNTIL, ["Qw7LmXa9oAMCKbg="])
    assert command == (
        "aws logs filter-log-events --region=eu-west-1 --log-group-name=/aws/lambda/chat "
        "--start-time=1780358400000 --end-time=1780444799999 '--filter-pattern=\"Qw7LmXa9oAMCKbg=\"'"
    )


@pytest.mark.parametrize(
    ("term", "pattern"),
    [
        ("", '""'),
        ('say "hi"', r'"say \"hi\""'),
        ("back\\slash", r'"back\\slash"'),
        ("$(touch x) `touch x` ; 'touch x'", "\"$(touch x) `touch x` ; 'touch x'\""),
        ("--region=evil -x ?any", '"--region=evil -x ?any"'),
        ("one\ntwo\x1b[201~", '"one two [201~"'),
    ],
)
def test_nothing_breaks_out_of_a_command(term: str, pattern: str, tmp_path: Path) -> None:
    """A term from a log is one phrase of the pattern, whatever its content."""
    command = aws_command("eu-west-1", "/aws/lambda/chat", SINCE, UNTIL, [term])
    assert run(command, tmp_path)[-1] == f"--filter-pattern={pattern}"
    assert [path.name for path in tmp_path.iterdir()] == ["aws"]


def test_a_hostile_command_is_one_line(tmp_path: Path) -> None:
    """Pasted into a terminal, it does nothing until Enter is pressed."""
    command = aws_command(HOSTILE, HOSTILE, SINCE, UNTIL, [HOSTILE])
    assert len(command.splitlines()) == 1
    assert not set(UNPRINTABLE) & set(command)
    assert len(run(command, tmp_path)) == 7


def read_from(*names: str) -> Result:
    return result(receipt=receipt(reading(), fetch=fetch(*map(group, names))))


def test_files_are_read_again_by_a_command() -> None:
    """It prints what was recognised in each line."""
    (place,) = links(result(receipt=receipt(reading(), requested=("my log.jsonl", "b"))), evidence())
    assert (place.name, place.url) == ("the files", "")
    assert place.command == "websocket-health-checks recognise 'my log.jsonl' b"


def test_a_file_name_gives_no_command_of_its_own() -> None:
    """Whatever the name, it is one word to the shell, and harmless to the terminal."""
    (place,) = links(result(receipt=receipt(reading(), requested=("; rm -r ~", HOSTILE))), evidence())
    assert "recognise '; rm -r ~' '<script>" in place.command
    assert not {"\n", *UNPRINTABLE} & set(place.command)


def test_each_log_group_has_a_link_and_a_command() -> None:
    """They cover the window, and the connection that was hit most."""
    first, second = links(read_from("one", "two"), evidence())
    assert (first.name, second.name) == ("one", "two")
    assert first.url.startswith("https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1")
    assert "~start~'2026-06-02T00*3a00*3a00.000Z" in first.url
    assert "--log-group-name=one --start-time=1780358400000 --end-time=1780444799999" in first.command
    assert '"Qw7LmXa9oAMCKbg="' in first.command


def test_the_query_is_of_the_subject() -> None:
    """A reader who investigates retries is not shown GoneExceptions."""
    (gone,), (retried,) = (
        list(links(read_from("one"), evidence(kind))) for kind in (EvidenceKind.GONE, EvidenceKind.RETRIED)
    )
    assert gone.url != retried.url


def test_cases_of_no_connection_are_looked_for_by_the_window_alone() -> None:
    """Lines that were not understood name no connection."""
    (place,) = links(read_from("one"), evidence(EvidenceKind.NEAR_MISS, timelines=()))
    assert place.command.endswith("--filter-pattern=")
