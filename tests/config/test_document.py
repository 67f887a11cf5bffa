"""The YAML of thresholds.yaml is parsed strictly, and every part of it has its line number."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.config.environment import LogGroup
from checks.config.thresholds import load
from checks.errors import ConfigError
from tests.config.loading import Complain, Load


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", ":1: the file is empty; it needs `environments:` at least"),
        ("# only a comment\n", ":1: the file is empty; it needs `environments:` at least"),
        ("no", ":1: the file: found 'no', expected a mapping"),
        ("- a\n- b\n", ":1: the file: found a list, expected a mapping"),
        ("defaults: 5\nenvironments: 6", ":1: defaults: found '5', expected a mapping"),
        ("defaults: off", ":1: defaults: found 'off', expected a mapping"),
        ("environments:\n  - dev", ":1: environments: found a list, expected a mapping"),
        ("defaults:\n  limits: off", ":2: limits: found 'off', expected a mapping"),
        ("environments:\n  dev: {log_group: x, limits: [1]}", ":2: limits: found a list, expected a mapping"),
        (
            "signals: {gone: abc}",
            ":1: gone: found 'abc', expected a mapping: write {NAME: 'abc'}, with a name of your choice",
        ),
        ("1.5: x", ":1: unknown key '1.5'; allowed: defaults, environments, waivers, own, signals, ignore, redact"),
        ("waivers: {metric: gone.errors}", ":1: waivers: found a mapping, expected a list; an empty one is written []"),
        ("waivers:", ":1: waivers: found nothing, expected a list"),
        ("waivers: [gone.errors]", ":1: waivers: found 'gone.errors', expected a mapping"),
        ("waivers: [[]]", ":1: waivers: found a list, expected a mapping"),
        ("? [a, b]\n: x", ":1: a key must be a single word"),
        ("defaults:\n\tlimits: 5", ":2: a tab is not allowed here; indent with spaces"),
        ("defaults: {\n", ":2: not valid YAML: expected the node content, but found '<stream end>'"),
        ("a: 1\n---\nb: 2\n", ":2: a second document begins here; write all of it in one, without `---`"),
        ("defaults:\n  log_group: {environment}-chat\n", ":2: not valid YAML: put a value that begins with a sign"),
        ("defaults:\n  log_group: *\n", ":2: a value cannot start with '*' or '&'; put the value in quotes"),
        ('defaults:\n  log_group: "chat\n  limits: {}\n', ":2: a quotation mark is not closed"),
        (
            "defaults: {limits: {gone.errors: {max: 1,000}}}",
            ":1: '000' is not a key here; write a decimal point, not a comma",
        ),
        ("a: b\nc: \x07", ":2: '\\x07' is not allowed in YAML"),
        ("defaults: &a {}\nenvironments: *a", ":2: the alias *a is not followed; write it out"),
        ("defaults:\n  <<: {log_group: x}", ":2: unknown key '<<'; allowed: log_group"),
        ("defaults: " + "[" * 100_000, ":1: nested deeper than 20 levels"),
    ],
)
def test_a_file_of_the_wrong_form_is_refused(complaints: Complain, text: str, complaint: str) -> None:
    """The first line of the error says what was found where."""
    assert complaints(text)[0].startswith(f"thresholds.yaml{complaint}")


def test_a_pattern_that_yaml_takes_for_an_alias_is_told_from_one(complaints: Complain) -> None:
    """The error says how to write the pattern."""
    hint = "write it out, or share it in `defaults:`; put a text that begins with * in quotes"
    assert complaints("defaults:\n  log_group: *chat") == [
        f"thresholds.yaml:2: the alias *chat is not followed; {hint}"
    ]


def test_aliases_do_not_explode(complaints: Complain) -> None:
    """A few lines of aliases of aliases stand for a billion values: none of them is followed."""
    bomb = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10))
    assert "the alias *a0 is not followed" in complaints(bomb)[0]


def test_a_tag_in_a_list_is_reported_where_it_stands(complaints: Complain) -> None:
    """A tag would change the value."""
    text = "environments: {dev: {log_group: x}}\nwaivers:\n  - !!map {}\n"
    assert any(line.startswith("thresholds.yaml:3: ") for line in complaints(text))


def test_words_that_yaml_takes_for_values_stay_words(load_text: Load) -> None:
    """Environments may be called `on` or `null`, which YAML 1.1 reads as True and nothing."""
    thresholds = load_text("environments: {on: {log_group: 'yes'}, null: {log_group: 010}}")
    groups = {name: environment.log_groups for name, environment in thresholds.environments.items()}
    assert groups == {"on": (LogGroup("yes", None),), "null": (LogGroup("010", None),)}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The error also has the command that writes such a file."""
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: no such file; `websocket-health-checks init` writes one"):
        load(tmp_path / "nowhere.yaml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """The reason is that of the system."""
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path)


def test_a_pipe_is_read_and_what_has_no_end_is_refused(tmp_path: Path) -> None:
    """`--thresholds <(…)` in a shell makes a pipe; one that nobody writes to is empty."""
    pipe = tmp_path / "thresholds.yaml"
    os.mkfifo(pipe)
    with pytest.raises(ConfigError, match="the file is empty"):
        load(pipe)
    reader, writer = os.pipe()
    os.write(writer, b"environments: {dev: {log_group: x}}")
    os.close(writer)
    assert [*load(Path(f"/dev/fd/{reader}")).environments] == ["dev"]
    os.close(reader)
    with pytest.raises(ConfigError, match="/dev/zero: larger than 64 MB; is this the right file"):
        load(Path("/dev/zero"))


def test_a_long_value_is_quoted_in_part(tmp_path: Path) -> None:
    """The error quotes a part of it, with what is wrong."""
    file = tmp_path / "thresholds.yaml"
    file.write_text(
        f"environments: {{dev: {{log_group: x, limits: {{gone.errors: {'9' * 5000}x}}}}}}", encoding="utf-8"
    )
    with pytest.raises(ConfigError, match=r"gone\.errors\.max: '9{100,}…9{100,}x' is not a count; write ") as error:
        load(file)
    assert len(str(error.value)) < 1200


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    """The error has the byte, to search for in an editor."""
    file = tmp_path / "thresholds.yaml"
    file.write_bytes("environments: {}\n# café".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"thresholds\.yaml:2: 0xe9 is not UTF-8; save it as UTF-8"):
        load(file)


def test_a_byte_order_mark_is_harmless(tmp_path: Path) -> None:
    """Some editors write one."""
    file = tmp_path / "thresholds.yaml"
    file.write_bytes(b"\xef\xbb\xbfenvironments: {dev: {log_group: x}}")
    assert load(file).environment("dev").log_groups == (LogGroup("x", None),)


@given(st.text(st.sampled_from("abc: {}[]-\n'\"%0159&*!|>#,\t\x00é")))
def test_no_text_gets_past_the_reader_with_another_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """For any text the answer is its content, or a ConfigError with lines of the file."""
    file = tmp_path_factory.mktemp("any") / "thresholds.yaml"
    file.write_text(f"environments: {{dev: {{log_group: x}}}}\ndefaults: {text}", encoding="utf-8")
    complaint = ""
    try:
        load(file)
    except ConfigError as error:
        complaint = str(error)
    assert all("thresholds.yaml:" in line for line in complaint.splitlines())
