"""Words that are harmless in any place."""

from checks.analysis.words import VALUE, is_harmless, shown_word

HARMLESS = (
    *(
        "GoneException",
        "botocore.errorfactory.GoneException",
        "ECONNREFUSED",
        "410",
        "12ms",
        "97%",
        "$connect",
        "app.py:12:5",
    ),
    *(
        "postToConnection",
        "connectionId",
        "eu-west-1",
        "2026-06-02T12:34:56.789Z",
        "12:34:56",
        "1780358400000",
        "연결",
        "node18",
    ),
    *("3f0a5c1e-7b2d-4e86-9c14-d5a0e6b7f821", "Qw7LmXa9oAMCKbg=", "1-5759e988-bd862e3fe1be46a994272793", "v1.2.3"),
)
ANYTHING = (
    *(
        "hunter2x9",
        "yJiuetkiqFRusceIWVJbbh",
        "bhXewsvuAmzOCoecRSOV",
        "5550109998",
        "203-0-113-80",
        "078-05-1120",
        "xk3d9f",
    ),
    *("4111111111111112", "DE89370400440532013000", "qwrtpsdfg", "x" * 40, "ghp-Zk3x9Qp1w"),
)


def test_a_word_by_itself_is_harmless_or_may_be_anything() -> None:
    """Ids, times, numbers, names and words are; random text and personal numbers are not."""
    assert [word for word in HARMLESS if not is_harmless(word)] == []
    assert [word for word in ANYTHING if is_harmless(word)] == []


def test_of_a_path_each_part_is_one() -> None:
    """The rest of the path is shown, and the punctuation after it."""
    assert shown_word("https://a.example/reset/Zk3x9Qp1w/now.") == f"https://a.example/reset/{VALUE}/now."
    assert shown_word("Zk3x9Qp1w:") == f"{VALUE}:"
