"""Placeholders."""

from markupsafe import Markup

from checks.report.result import Result


def figures(result: Result) -> list:
    return []


def margin(check) -> Markup:
    return Markup("")
