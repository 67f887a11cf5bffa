"""Words of log lines: which are harmless in any place, and in which places they may be a user's."""

import re
from functools import lru_cache
from typing import Final

VALUE: Final = "[value]"
BODY: Final = "[body]"

# ---------------------------------------------------------------------------------------------- harmless words

ID: Final = (
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|1-[0-9a-f]{8}-[0-9a-f]{24}"
    r"|[\w-]{15}(?:=|%3[Dd])|[\w-]{11}[CF](?:[\w-]{3}|[\w-]{6}={0,2})"
)
"""The ids of requests, traces and connections in AWS."""
_TIME: Final = (
    r"\d{4}-\d\d-\d\d(?:[T_]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?|\d\d/\w{3}/\d{4}(?::\d\d){3}"
    r"|\d{4}/\d\d/\d\d(?:/\S*)?|\d\d?:\d\d(?::\d\d(?:[.,]\d{1,9})?)?Z?"
)
HARMLESS: Final = re.compile(
    rf"(?:{ID}|{_TIME})"
    r"|[-+]\d{4}|[-#~]?\d{1,9}(?:[.,]\d{1,9})?(?:%|°|x|[µun]?s|ms|min|h|d|[kKMGT]?i?[Bb]|[kKM])?"
    r"|1\d{9}(?:\d{3}){0,3}(?:\.\d{1,9})?|\d/\d|\+0x[0-9a-f]{1,5}|0xc[0-9a-f]{9}"
    r"|v?\d{1,4}(?:\.\d{1,4}){1,2}|[A-Z][A-Za-z-]{2,20}/\d{1,4}(?:\.\d{1,6}){0,3}|\$(?:LATEST|connect|disconnect"
    r"|default)"
    r"|(?:[A-Za-z_]{1,60}\.){0,6}[A-Za-z]{1,50}\d{0,3}[A-Za-z]{0,50}(?:Error|Exception|Fault|Timeout|Warning"
    r"|Failure)|E[A-Z]{4,14}"
)
_WORD: Final = re.compile(
    r"[A-Z]?[a-z]{0,20}(?:[A-Z]{1,6}[a-z]{2,20}|Id|Ip|At|To|By|Of|On|Is|No|Ok|Up|In|It|As)*[A-Z]{0,5}s?"
    r"|[A-Z]{1,20}|\d{1,5}"
    r"|(?i:s3|x86|x64|arm64|utf8|sha\d{1,3}|md5|base64|oauth2?|http[123]|h2|ipv[46]|k8s|ec2|i18n|u?int\d\d"
    r"|float\d\d|v\d|p\d\d"
    r"|sigv4|boto3|python3?|node(?:js)?\d\d|route53|log4j2?|psycopg[23]?|[a-z]{2,12}-\d)"
)
_NOISE: Final = re.compile(
    r"[b-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ]{7}|[a-z]{21}|[A-Z]{2,6}[a-z]{2,}[A-Za-z]*[A-Z]{2,6}[a-z]{2,}"
)
_JOINTS: Final = re.compile(r"[-._:/@$#+*~=!%^]+")
_OF_AWS: Final = re.compile(
    r"[a-z0-9]{6,12}(?=\.execute-api\.)|(?<=:)\d{12}(?=:)|(?<=:\d{12}:)[a-z0-9]{10}\b|apigatewaymanagementapi"
)
"""The id of an API in its host name and in an ARN, the id of an account, and the longest name of a package."""
_OF_PASSWORD: Final = re.compile(r"[A-Za-z]{3}[!*+~^%?]+\d|\d[!*~^%?]+[A-Za-z]{3}")
"""Signs between words and numbers that names in the code don't have."""
_MOST_CAPITALS: Final = 0.4
_LONG: Final = 10
"""From this length on, a word with many capitals is random, not a name."""
_MOST_NUMBERS: Final = 2
"""The most numbers in a word with joints, as in `app.py:12:5`."""


@lru_cache(maxsize=20_000)
def is_harmless(word: str) -> bool:
    """Whether a word may be shown in any place."""
    if HARMLESS.fullmatch(word):
        return True
    if _OF_PASSWORD.search(word):
        return False
    parts = [part for part in _JOINTS.split(_OF_AWS.sub("", word)) if part]
    numbers = sum(part.isdigit() for part in parts)
    has_words = numbers < len(parts)
    return (has_words and numbers <= _MOST_NUMBERS and all(map(_is_word, parts))) or not parts


def _is_word(part: str) -> bool:
    if not part.isascii():
        return part.isalpha() or not any(map(str.isalnum, part))  # (an emoji)
    capitals = sum(map(str.isupper, part))
    is_mixed = part.isalpha() and _MOST_CAPITALS * len(part) <= capitals < len(part) and len(part) >= _LONG
    return bool(_WORD.fullmatch(part)) and not is_mixed and not _NOISE.search(part)


def shown_word(word: str) -> str:
    """Return a word with unknown values hidden; the parts of a URL or a path are examined separately."""
    core = word.rstrip(".:!?=")
    if is_harmless(core):
        return word
    if "/" in core and not HARMLESS.fullmatch(core):
        return "/".join(part if is_harmless(part) else VALUE for part in core.split("/")) + word[len(core) :]
    return VALUE + word[len(core) :]


_PART_OF_NAME: Final = re.compile(
    r"[A-Z]?[a-z]{3,}|[A-Z][a-z]{2,}|(?<![A-Za-z0-9])(?:\d+|[A-Z]+|[a-z]+)(?![A-Za-z0-9])|[^A-Za-z0-9]+"
)
_FEWEST_BY_CHANCE: Final = 14


def looks_random(word: str) -> bool:
    """Whether a word has more random letters and digits than a name; a digest or an id of AWS does not count."""
    parts = (part for part in re.split(r"[/.=%]", word) if not HARMLESS.fullmatch(part))
    by_chance = _PART_OF_NAME.sub("", " ".join(parts))
    return len(by_chance) >= _FEWEST_BY_CHANCE and not re.fullmatch(r"[0-9a-fA-F]*|[0-9A-Z]*", by_chance)


# ---------------------------------------------------------------------------------------------- words of users

_WORDS_OF_KEYS: Final = {
    "sentences": (
        "error err errormessage error_message errortype exception exception_message reason cause stack"
        " stacktrace stack_trace"
        " trace traceback exc_info warning short_message renderedmessage @m @mt fault"
    ),
    "of users, too": "message msg event description title summary log m",
    "enumerations": (
        "level severity lvl loglevel log_level levelname status state code errorcode error_code type eventtype"
        " event_type route"
        " routekey route_key action stage operation method httpmethod region service logger logger_name module"
        " function funcname"
        " function_name functionname handler version phase step kind category result outcome protocol environment"
        " disconnectreason disconnect_reason table tablename table_name queue topic runtime cold_start coldstart source"
        " messagedirection origin errno syscall exception_name filename file $fault thread"
    ),
}
OF_USERS_TOO: Final = frozenset(_WORDS_OF_KEYS["of users, too"].split())
"""The keys whose texts may be a user's, unless the record is a logger's or reports an error."""
SENTENCES: Final = frozenset(_WORDS_OF_KEYS["sentences"].split()) | OF_USERS_TOO
"""The keys whose texts are the application's sentences."""
ENUMERATIONS: Final = frozenset(_WORDS_OF_KEYS["enumerations"].split())
"""The keys whose values are one of a few words."""
IDENTITY: Final = re.compile(
    r"(?i)(?:(?:user|customer|player|member|display|first|middle|last|family|given|maiden|birth|sur|vor|nach|nick|full"
    r"|screen|contact|sender|recipient|father_?|mother_?"
    r"|cognito:)?[_ -]?(?:user_?name|name|nick)"
    r"|nombre|apellidos?|prénom|nom|cognome|nome|imię|nazwisko|имя|фамилия|姓名|氏名|名前"
    r"|author|sender|recipient|customer|patient|diagnosis|employer|gender|date_?of_?birth|place_?of_?birth"
    r"|street(?:_?(?:address|name))?|stra(?:ss|ß)e|calle|rue|address_?(?:line_?)?\d|city|ville|ort|zip(?:_?code)?"
    r"|post(?:al)?_?code|plz"
    r"|user|nickname|e?mail|address|login|sub|principal_?id|(?:device|customer|user)_?id|user[_-]?agent)"
)
"""The keys whose values identify a person."""
NUMBERS_OF_PEOPLE: Final = re.compile(
    r"(?i)(?:home|work|mobile|user)?_?(?:phone(?:_?(?:no|number))?|mobile|tel|fax)|la(?:t|titude)|lo?ng?(?:itude)?"
    r"|dob|birth(?:day|_?date)|date_?of_?birth"
    r"|(?:card|account|routing|passport|licen[cs]e|tax|insurance|social_?security)_?(?:number|no|nr)|pan|iban|ssn"
    r"|passport|(?:national|tax)_?id|drivers?_?licen[cs]e"
)
"""The keys whose values identify a person although they are numbers or dates."""
OF_LOGGER: Final = re.compile(
    r"[\"'](?:level|severity|lvl|log_?level|time|timestamp|ts|@t|@timestamp|logger|errorType|errorMessage)\\*[\"']\s*:"
    r"|\b(?:level|lvl|ts|time)="
)
OF_ERROR: Final = re.compile(r"Error\b|Exception\b|\$fault|\$metadata|\bstack\b|[sS]tatusCode|errorType|requestContext")

_NO_WORDS_OF_USERS: Final = (
    r"(?:to|from|for|in|on|by|of|at|is|was|were|has|had|have|with|without|and|or|as|into|over|via|failed|fails"
    r"|received|sent"
    r"|handlers?|could|cannot|can|errors?|not|because|after|before|events?|types?|ids?|queues?|length|size"
    r"|formats?|counts?|rate"
    r"|routes?|process(?:ed|ing)|delivered|body|took|due|per|too|that|will|must|does|did|successfully|timed"
    r"|exceeded|done"
    r"|completed?|dropped)\b"
)
SAYING: Final = re.compile(
    rf"""(?ix)
    (?: (?:(?:new|user|chat|incoming|inbound|received|raw|got|last|client|ws|posting|llm)[ _]){{0,3}}
        (?:message|msg|text|content|payload|(?:event\.|(?:request|response|message)[ ])?body|data|prompt|question
          |answer|query
          |input|output|reply|completion|echo|received|recv|got|said|says|asked|typed|wrote|utterance|transcript|caption
          |comment|params|chat)
        (?:[ ](?:received|body|text|data|content|format))?(?:[ ](?:from|by|on)[ ][^:\n"']{{1,60}})?+
        [ ]?(?:=>|->|:=|[:=](?!:))[ ]?
      | (?:process(?:ing|ed)?|handl(?:ing|ed?)|received?|got|broadcast(?:ing)?|sending|echo(?:ing)?|parsing
          |posting|storing
          |relaying|forwarding|publishing|on_?message)[ ]
        (?:(?:the|a|new|user|chat|incoming|raw|client)[ ]){{0,3}}(?:message|msg|text|data|payload|body)[ ]
        (?!{_NO_WORDS_OF_USERS})
      | (?:body|message|text|payload|prompt|question|query)[ ]is[ ]
      | on_?message[ (](?!{_NO_WORDS_OF_USERS})
      | (?:unknown|invalid|unsupported)[ ](?:action|message|command|input|text|payload|json)(?:[ ]format)?(?::[ ]
          |[ ]in[ ])
      | in[ ]JSON[ ]at[ ]position[ ]\d{{1,9}}:[ ]
      | (?:sending|broadcast(?:ing)?|relaying|forwarding|publishing|echoing)[ ]to[ ]
        (?![^:\n]{{0,60}}(?:error|fail|exception))[^:\n"']{{1,60}}?:[ ]
      | form-data;[ ]name=\\*["']?[\w.\[\]-]{{1,40}}\\*["']?(?:(?:\s|\\+[rn]){{1,4}}Content-Type:[ ][\w/.+-]{{1,40}})?
        (?:(?:\\+r)?\\+n|[\r ]?\n){{2}}
      | ==>[ ]+Parameters:[ ]
    )(?=[^\s{{"'`\[(]|\[\w{{1,20}}\])
    | binding[ ]parameter[ ][^-<\n]{{1,60}}(?:-|<-)[ ](?=\S)
    """
)
"""The words that introduce a user's text."""
PROMPT: Final = re.compile(r"(?<!\S)(?:<<|>>|<[\w.-]{1,40}>) (?=\w)")
SAYS_ERROR: Final = re.compile(
    r"(?:\[\w{1,20}\] ?)?(?:An error occurred|(?:\w{1,60}\.){0,6}[A-Z]\w{0,60}(?:Error|Exception)\b|connect E[A-Z]+"
    rf"|[45]\d\d\b|(?:undefined|null|None)\b|(?:{ID})(?!\w)|\d{{1,12}}(?!\S)|\$\w+)"
)
BEFORE_ERROR: Final = re.compile(
    r"(?i)(?<![a-z])(?:error|exception|status|fail(?:ure|ed)|refused|reason|warning)[ _]?$"
)
NAMED_BY_RUNTIME: Final = re.compile(
    r"(?i)(?:key ?error: |(?:attribute|property|reading|setting|object|module|named|import|argument|parameter"
    r"|operation|function"
    r"|table|file|method|handler|type|class|variable|column|field|key|route|call|thread|executing) )b?$"
)
IDENTIFIER: Final = re.compile(r"[A-Za-z_$@][A-Za-z_]{0,40}(?:\.[A-Za-z_]{1,40}){0,4}")
TWO_WORDS: Final = re.compile(
    r"[a-z]{2,20}(?:[A-Z][a-z]{1,20}){1,5}|[a-z]{2,20}(?:_[a-z]{2,20}){1,5}|[A-Z]{2,20}(?:_[A-Z]{2,20}){1,5}|NoneType"
)
PLACE_IN_CODE: Final = re.compile(
    r"(?:file://|node:)?[\w./@+-]{1,200}\.(?:py|js|mjs|cjs|ts|java|go|rb|cs|rs|kt)(?::\d+){0,2}"
    r"|<(?:stdin|string|frozen [\w.]+)>|(?:Option|Result)::[a-z_]{1,30}\(\)|Err"
)

# ---------------------------------------------------------------------------------------------- notations

KEY_AND_VALUE: Final = re.compile(r"-{0,2}([\w.@$-]{0,60}?\*{0,9})(:=|=>|->|=|:(?!/))(.*)", re.DOTALL)
BINDING: Final = re.compile(r"\s{0,3}[\])]?\s{0,3}(?::=|=>|->|[:=])\s{0,3}")
BEGINNING_OF_DUMP: Final = re.compile(r"[\w.]{1,60}=(?=[^\s=])")
"""The first key in the brackets of `User[id=7, name=Ann]`."""
BEGINNING_OF_LINE: Final = re.compile(
    r"(?:\n|\\n)[ \t-]*(?:[\w-]+\.)*(?:[a-z][\w-]*|[A-Z][A-Z_]+|[A-Z][a-z]+)[ \t]*[:=]\s*(?:[|>][+-]?(?:\\n|\s)+)?$"
)
"""A key at the beginning of a line, as in YAML; not the name of an exception."""
KEY_OF_ENTRY: Final = re.compile(r"(?:^|(?<=\s))\[([\w.$-]{1,60})(?::[\w.:]{1,80})?\] $")
ENTRY: Final = re.compile(
    r"=> (?!Array\b|[\w\\]{1,80} Object\b|[\s\"'{])([^\n]+?)(?=\n|\\n|\s\[[\w.:$-]{1,99}\] =>|\s\)|$)"
)
"""An entry of a dump of PHP: `[key] => several words`."""
ELEMENT: Final = re.compile(r"<([\w:.*-]{1,60})(\s[^<>]{0,300})?>(<!\[CDATA\[)?([^<>]+?)(\]\]>)?(?=</\1\s*>)")
HTML: Final = re.compile(r"(?i)<(?:html|head|!doctype)\b")
"""A page of HTML, whose text is a server's error."""
ROW: Final = re.compile(r"(\)=\(|\((?<=row contains \())([^(),\n]*,[^()\n]*)(?=\))")
"""The values of several columns of a database, as in `Key (name, room)=(Ann, 5)`."""
