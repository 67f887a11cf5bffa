"""Prefixes that tools print are removed from messages, and lines that they print beside messages are not events."""

import json
from pathlib import Path

import pytest

from tests.logs.formats.text_lines.test_text_lines import STREAM, rows

CONNECTED = "Client connected, connectionId=Qm7xKdTwoAMCJ4g="
TIME = "2026-06-02T00:00:00.125Z"
REQUEST = "7c1d2a90-4b1e-4c57-9d0e-0f5a1b2c3d41"
PREFIXED = f"[INFO]\t{TIME}\t{REQUEST}\t{CONNECTED}"
ACCESS = '203.0.113.9 - - [02/Jun/2026:00:00:00 +0000] "CONNECT $connect Qm7xKdTwoAMCJ4g="'

LINES = {
    f"[dev-chat] 00:00:00 {PREFIXED}": (TIME, PREFIXED),
    f"[dev-chat] 12:00:00 AM {PREFIXED}": (TIME, PREFIXED),
    f"[/aws/lambda/dev-chat] 12:00:00 AM {PREFIXED}": (TIME, PREFIXED),
    f" {TIME}[                      dev-chat] {CONNECTED}": (TIME, CONNECTED),
    f"[1780358400125] {CONNECTED}": ("1780358400125", CONNECTED),
    f"default/chat-6b7[web]: {PREFIXED}": (TIME, PREFIXED),
    f"deploy\tRun the tests\t{TIME} {CONNECTED}": (TIME, CONNECTED),
    f"{TIME}\t{CONNECTED}": (TIME, CONNECTED),
    f"{TIME}\n{CONNECTED}": (TIME, CONNECTED),
    f"{TIME}\n{TIME}\t{REQUEST}\tINFO\thi": (TIME, f"{TIME}\t{REQUEST}\tINFO\thi"),
    f"{TIME}\n{TIME} [error]: push failed": (TIME, f"{TIME} [error]: push failed"),
    f"{TIME}\t{STREAM}\t{CONNECTED}": (TIME, CONNECTED),
    f"{TIME}\t{REQUEST}\tINFO\thi": (TIME, f"{TIME}\t{REQUEST}\tINFO\thi"),
    f"1780358400125\t{STREAM}\t{CONNECTED}": ("1780358400125", CONNECTED),
    f"1780358400125\t[INFO]\\t{TIME}\\t{REQUEST}\\t{CONNECTED}\\n": ("1780358400125", PREFIXED),
    f"1780358400125\t{STREAM}\tC:\\\\new\\n": ("1780358400125", "C:\\new"),
    f"{STREAM}\t1780358400125\t{CONNECTED}": ("1780358400125", CONNECTED),
    f"1780358400.125 {CONNECTED}": ("1780358400.125", CONNECTED),
    f'level=info time="{TIME}" msg="{CONNECTED}"': (TIME, f'level=info time="{TIME}" msg="{CONNECTED}"'),
    f"ts={TIME} {CONNECTED}": (TIME, f"ts={TIME} {CONNECTED}"),
    ACCESS: ("02/Jun/2026:00:00:00 +0000", ACCESS),
    f"{STREAM} {ACCESS}": ("02/Jun/2026:00:00:00 +0000", ACCESS),
    f'/apigw/chat {STREAM} {{"requestTimeEpoch": "1780358400125"}}': (
        "1780358400125",
        '{"requestTimeEpoch": "1780358400125"}',
    ),
    f"\t{PREFIXED}": (TIME, PREFIXED),
    f"  {json.dumps(PREFIXED)},": (TIME, PREFIXED),
    json.dumps(f"1780358400125 {CONNECTED}"): ("1780358400125", CONNECTED),
    json.dumps(f"{TIME} {CONNECTED}"): (TIME, CONNECTED),
    f"| {TIME} | {CONNECTED} | {STREAM} | 123456789012:/chat |": (TIME, CONNECTED),
    f"logs/chat-[$LATEST].txt:12:{TIME} {CONNECTED}": (TIME, CONNECTED),
    f"C:\\logs\\chat.txt:{TIME} {CONNECTED}": (TIME, CONNECTED),
    f"RESULTS\t@timestamp\t{TIME}\nRESULTS\t@message\t{CONNECTED}\nRESULTS\t@ptr\tCm8=": (TIME, CONNECTED),
}


@pytest.mark.parametrize("line", LINES)
def test_a_prefix_is_no_part_of_the_message(tmp_path: Path, line: str) -> None:
    """This holds however often it occurs, with what has the time."""
    assert rows(tmp_path, f"{line}\n" * 3) == [LINES[line]] * 3


@pytest.mark.parametrize(
    ("before", "line", "after"),
    [
        ("Timestamp\tMessage\n", f"{TIME}\t{CONNECTED}", ""),
        ("#\t@timestamp\t@message\n", f"1\t{TIME}\t{CONNECTED}", ""),
        (
            "There are older events to load. Load more.\n",
            f"{TIME}\t{CONNECTED}",
            "No newer events at this moment. Auto retry paused.\n",
        ),
        ("==> chat.txt <==\n", f"{STREAM} {TIME} {CONNECTED}", ""),
        ("```\n", f"{STREAM} {TIME} {CONNECTED}", ""),
        (f"b/{'3' * 56}/s\tf/{'3' * 56}/s\n", f"EVENTS\t1780358401625\t{CONNECTED}\t{TIME}", ""),
        ("", f"EVENTS\t1780358401625\t{CONNECTED}\t{TIME}", f"SEARCHEDLOGSTREAMS\t{STREAM}\tTrue\n"),
        ("CWLI\tComplete\n", f"@timestamp\t{TIME}\n@message\t{CONNECTED}\n@log\t1:/chat", "STATISTICS\t1.0\t1.0\n"),
        ("", f"{PREFIXED}\n\t1780358400125", ""),
        ("~/chat $ aws logs tail /aws/lambda/chat --since 2026-06-02T00:00:00\n", f"{TIME} {CONNECTED}", ""),
        ("Script started on 2026-06-02 00:00:00+00:00\n", f"{STREAM} {TIME} {CONNECTED}", ""),
        ("You can now use 'sam logs' without --name.\n\n", f"{STREAM} {TIME} {CONNECTED}", ""),
        ("Calling tail for stage dev..\n", f"{TIME} {CONNECTED}", ""),
        ("START\n", f"{TIME} {CONNECTED}", ""),
        ("\n\u2728  Deployment time: 1.93s\n\n \u2705  Chat (no changes)\n", f"{TIME} {CONNECTED}", ""),
        ("  Amplify Sandbox\n\n  Stack: \tchat\n[Sandbox] Watching for file changes...\n", f"{TIME} {CONNECTED}", ""),
        ('Common labels: {"app":"chat"}\nLine limit: "1000"\n\n\n', f"{TIME} {CONNECTED}", ""),
        ("---\nregion: eu-west-1  \n| @timestamp | @message |\n| --- | --- |\n", f"| {TIME} | {CONNECTED} |", "---\n"),
    ],
)
def test_what_a_tool_says_itself_is_no_part_of_the_log(tmp_path: Path, before: str, line: str, after: str) -> None:
    """Headings, tokens and remarks on an answer are neither events nor unreadable."""
    message = PREFIXED if PREFIXED in line else CONNECTED
    assert rows(tmp_path, f"{before}{line}\n{line}\n{after}") == [(TIME, message)] * 2


@pytest.mark.parametrize(
    "above", ["Push failed: GoneException", "ERROR not pushed", '{"level": 50}', "\n".join("a" * 11)]
)
def test_what_may_be_of_the_log_is_not_passed_over(tmp_path: Path, above: str) -> None:
    """Above the first event may be a few lines of a tool, or the end of a message."""
    unread, *events = rows(tmp_path, f"{above}\n{STREAM} {TIME} {CONNECTED}\n")
    assert unread == (None, "1: does not begin an event")
    assert events[-1] == (TIME, CONNECTED)


def test_a_query_that_was_not_complete_is_unreadable(tmp_path: Path) -> None:
    """Some of its results are missing, so the line that says so counts."""
    text = f"CWLI\tRunning\nRESULTS\t@timestamp\t{TIME}\nRESULTS\t@message\t{CONNECTED}\n"
    assert rows(tmp_path, text) == [(None, "1: does not begin an event"), (TIME, CONNECTED)]


def test_lambdas_own_text_is_read_with_its_platform_lines(tmp_path: Path) -> None:
    """Lambda's prefix stays, and START, END and REPORT lines are also events."""
    lines = [
        "START RequestId: 5e1f Version: $LATEST",
        "[INFO]\t2026-06-02T00:00:00.000Z\t5e1f\tconnected",
        "2026-06-02T00:00:01.000Z\t5e1f\tINFO\tof Node",
        "END RequestId: 5e1f",
        "REPORT RequestId: 5e1f\tDuration: 3.00 ms",
    ]
    assert [message for _, message in rows(tmp_path, "\n".join(lines))] == lines
    assert [message for _, message in rows(tmp_path, "\n".join(lines[1:]))] == lines[1:]


def test_records_that_are_spread_over_lines_are_no_list_of_messages(tmp_path: Path) -> None:
    """`aws logs tail --format json` prints most lines of records with a key first."""
    record = {"time": TIME, "level": "INFO", "message": CONNECTED}
    event = f"2026-06-02T00:00:00.125000+00:00 {STREAM} {json.dumps(record, indent=4)}\n"
    assert (
        rows(tmp_path, event * 2)
        == [("2026-06-02T00:00:00.125000+00:00", json.dumps(record, separators=(",", ":")))] * 2
    )


def test_lines_that_were_printed_have_a_tab_between_them(tmp_path: Path) -> None:
    """A query for messages alone prints one; the frames of a trace begin with one, too."""
    failed = f"{TIME}\t{REQUEST}\tERROR\tpush failed\n\tat Push.push(Push.java:9)"
    messages = [PREFIXED, "saved", CONNECTED, failed, "saved"]
    assert [message for _, message in rows(tmp_path, "\n\t".join(messages) + "\n")] == messages


def test_messages_with_a_tab_between_them_are_one_each(tmp_path: Path) -> None:
    """The AWS CLI separates rows of an access log so; a row may have tabs of its own."""
    columns = "203.0.113.9\t02/Jun/2026:00:00:00 +0000\tCONNECT\t$connect\t200"
    for row in (ACCESS, columns):
        assert rows(tmp_path, f"{row}\n" * 3) == [("02/Jun/2026:00:00:00 +0000", row)] * 3
    assert rows(tmp_path, "\t".join([ACCESS] * 3) + "\n") == [("02/Jun/2026:00:00:00 +0000", ACCESS)] * 3
