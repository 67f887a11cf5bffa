from dataclasses import dataclass


@dataclass
class Cause:
    seen: int
    text: str
    fix: str
    link: str
    link_text: str


@dataclass
class Advice:
    meaning: str
    causes: tuple
    next_steps: tuple
    query: str


def advice(subject, metrics, clues):
    return Advice(
        "A message was posted to a connection that API Gateway no longer knows.",
        (
            Cause(
                40,
                "The welcome is sent while $connect still runs: the connection is not established until it returns.",
                "Send it from outside $connect, or answer the first message of the client.",
                "https://docs.aws.amazon.com/x",
                "AWS: $connect",
            ),
            Cause(0, "Other cause.", "Do that.", "https://docs.aws.amazon.com/x", "AWS"),
        ),
        ("Open the story below.",),
        "fields @timestamp",
    )
