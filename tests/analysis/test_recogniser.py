"""The meaning of single lines, in the dialects of many applications."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import pytest

from tests.analysis.playing import ANN, BOB, REQUEST, event, statements

TIME: Final = "2026-06-02T08:30:00.125Z"
ACCESS_TIME: Final = "02/Jun/2026:08:30:00 +0000"
BOTO3_GONE: Final = "An error occurred (GoneException) when calling the PostToConnection operation: "
BOTO3_THROTTLED: Final = "An error occurred (LimitExceededException) when calling the PostToConnection operation: "


def as_json(**fields: object) -> str:
    return json.dumps(fields, separators=(",", ":")) + "\n"


def python(text: str, level: str = "INFO") -> str:
    return f"[{level}]\t{TIME}\t{REQUEST}\t{text}\n"


def node(text: str, level: str = "INFO") -> str:
    return f"{TIME}\t{REQUEST}\t{level}\t{text}\n"


FRAMES: Final[Mapping[str, Callable[[str], str]]] = {
    "python": python,
    "node": node,
    "bare": "{}\n".format,
    "lambda_json": lambda text: as_json(timestamp=TIME, level="INFO", message=text, logger="root", requestId=REQUEST),
    "powertools": lambda text: as_json(
        level="INFO", location="connect:14", message=text, service="lobby", cold_start=True, function_request_id=REQUEST
    ),
    "pino": lambda text: as_json(level=30, time=1780389000125, pid=8, hostname="169.254.9.5", msg=text),
    "structlog": lambda text: as_json(event=text, level="info", timestamp=TIME, aws_request_id=REQUEST),
    "winston": lambda text: as_json(level="info", message=text, service="lobby"),
    "zap": lambda text: as_json(level="info", ts=1780389000.125, caller="lobby/push.go:27", msg=text),
    "serilog": lambda text: json.dumps({"@t": TIME, "@m": text, "@l": "Information"}),
    "tracing": lambda text: as_json(timestamp=TIME, level="INFO", fields={"message": text}, target="lobby::socket"),
    "logfmt": lambda text: f'time={TIME} level=info request_id={REQUEST} msg="{text}"\n',
    "log4j": lambda text: f"2026-06-02 08:30:00.125 {REQUEST} INFO org.lobby.ws.SocketHandler:58 - {text}\n",
    "loguru": lambda text: f"2026-06-02 08:30:00.125 | INFO     | lobby.socket:handle:58 - {text}\n",
    "coloured": lambda text: f"{TIME}\t{REQUEST}\tINFO\t\x1b[32minfo\x1b[39m: {text}\x1b[0m\n",
    "tracing, coloured": lambda text: (
        f"\x1b[2m{TIME}\x1b[0m \x1b[32m INFO\x1b[0m \x1b[2mlobby::socket\x1b[0m\x1b[2m:\x1b[0m {text}\n"
    ),
    "dotnet": lambda text: f"{TIME}\t{REQUEST}\tinfo\t{text}\n",
    "dotnet console": lambda text: f"info: Lobby.Socket.Handler[0]\n      {text}\n",
    "dotnet json": lambda text: as_json(Timestamp=TIME, LogLevel="Information", Message=text, State={"Message": text}),
    "serilog text": "[08:30:00 INF] {}\n".format,
    "serilog json": lambda text: as_json(Timestamp=TIME, Level="Information", RenderedMessage=text, Properties={}),
    "nlog": lambda text: f"2026-06-02 08:30:00.1250|INFO|Lobby.Socket.Handler|{text}\n",
    "logback": lambda text: f"08:30:00.125 [main] INFO  com.example.lobby.Handler -- {text}\n",
    "logging": lambda text: f"2026-06-02 08:30:00,125 - lobby.socket - INFO - {text}\n",
    "logging, basic": "INFO:root:{}\n".format,
    "ruby": lambda text: f"I, [2026-06-02T08:30:00.125000 #8]  INFO -- : {text}\n",
    "monolog": lambda text: f"[{TIME}] production.INFO: {text}\n",
    "env_logger": lambda text: f"[{TIME} INFO  lobby::socket] {text}\n",
    "go": lambda text: f"2026/06/02 08:30:00 main.go:31: {text}\n",
    "zap, short keys": lambda text: as_json(L="INFO", T=TIME, C="lobby/push.go:27", M=text),
    "opentelemetry": lambda text: as_json(Timestamp=TIME, SeverityText="INFO", SeverityNumber=9, Body=text),
    "gelf": lambda text: as_json(version="1.1", host="lambda", short_message=text, level=6, _service="lobby"),
    "loguru, serialised": lambda text: as_json(text=f"{TIME} | INFO | {text}\n", record={"message": text, "extra": {}}),
    "container": lambda text: as_json(log=f"{text}\n", stream="stdout", time=TIME),
    "json in a container": lambda text: as_json(log=as_json(level="info", msg=text), stream="stderr", time=TIME),
    "object as message": lambda text: as_json(timestamp=TIME, level="INFO", requestId=REQUEST, message={"msg": text}),
    "json as message": lambda text: as_json(timestamp=TIME, level="INFO", message=as_json(level="info", msg=text)),
    "hclog": lambda text: json.dumps({"@level": "info", "@message": text, "@module": "lobby", "@timestamp": TIME}),
    "opentelemetry's protocol": lambda text: as_json(
        resourceLogs=[{"scopeLogs": [{"logRecords": [{"severityText": "INFO", "body": {"stringValue": text}}]}]}]
    ),
    "cut off": lambda text: as_json(timestamp=TIME, level="INFO", message=text, headers={"Host": "ws.lobby.example"})[
        :-14
    ],
    "carriage returns": lambda text: f"{TIME} {REQUEST} {text}\r\n",
}
"""What loggers put around a sentence."""

SENTENCES: Final = {
    "WebSocket connection established: {id}": {"connect"},
    "Client {id} connected": {"connect"},
    "New connection opened, connectionId={id}": {"connect"},
    "Handling $connect for connection {id}": {"connect"},
    "[onConnect] connection id: {id}": {"connect"},
    "Client {id} disconnected": {"disconnect"},
    "Connection {id} closed": {"disconnect"},
    "Handling $disconnect for connection {id}": {"disconnect"},
    "WebSocket closed by client, connection_id: {id}": {"disconnect"},
    "Received message from connection {id}": {"message"},
    "Incoming message on connectionId {id}": {"message"},
    "Message received (connection ID: {id})": {"message"},
    "Could not post to connection {id}: GoneException: UnknownError": {"gone"},
    "Push to connection {id} failed: " + BOTO3_GONE: {"gone"},
    "Posting to connectionId {id} returned status 410": {"gone"},
    "Connection {id} no longer exists": {"gone"},
    "Peer {id} is gone, forgetting it": {"gone"},
    "Welcome message delivered to connection {id}": {"welcome_sent"},
    "Greeting sent, connectionId={id}": {"welcome_sent"},
    "Could not send the welcome message to connection {id}: timed out": {"welcome_failed"},
    "Welcome for {id} failed: " + BOTO3_THROTTLED: {"welcome_failed"},
    "Retrying welcome message for connection {id}, attempt 2 of 3": {"welcome_retry"},
    "Resending the welcome message to connection {id}": {"welcome_retry"},
    "Failed to send welcome message to connection {id}: " + BOTO3_GONE: {"gone", "welcome_failed"},
}
"""What applications say, and the signals in it."""

SILENCES: Final = (
    "Sent message to connection {id}",
    "Broadcast to 4 connections",
    "Posting the answer to connection {id}",
    "Forwarded message from the queue to connectionId {id}",
    "Connected to Redis at cache-2.internal:6379",
    "IoT device sensor-12 connected",
    "Postgres connection closed after 3 queries",
    "MQTT client disconnected",
    "SSH connection established to build-7.internal",
    "Kafka broker connection closed",
    "Opened a new database connection, 3 in the pool",
    "Message content: Connection {id} is gone",
    "User said: Welcome message sent to connection {id}",
    "Prompt: why does my log say GoneException for connectionId: {id}?",
    "Generated reply in 0.31 s: your client {id} disconnected with 410 Gone",
    "Could not post to connection {id}: ForbiddenException: 403",
    "Push to connection {id} failed: " + BOTO3_THROTTLED,
    "PayloadTooLargeException for connection {id}: status 413",
    "Answered connection {id} in 410 ms",
    "410 rows read for connection {id}",
    "Not authorized: refusing to connect",
    "Invalid token, connection rejected",
    "We delete the row if the connection is gone",
    "Welcome e-mail sent to customer 4711",
    "Welcome back, 4711!",
    "Currently connected clients: 17",
    "Client {id} left the room lobby",
    "GET https://status.internal/pages/9 returned 410 Gone",
    "",
)
"""What applications say that is no signal."""

QUOTED_ID: Final = "Message content: connectionId: {id}"
"""What a user typed, beside the application's own words."""

# ------------------------------------------------------------------------------------------------ whole events

CONTEXT: Final = {
    "requestTime": ACCESS_TIME,
    "connectedAt": 1780389000100,
    "requestId": "Xc81pFq3oAMFZ0w=",
    "extendedRequestId": "Xc81pFq3oAMFZ0w=",
    "connectionId": ANN,
    "apiId": "k2v9x0lobby",
}


def gateway_event(event_type: str, route: str, **fields: object) -> dict[str, Any]:
    return {"requestContext": {"routeKey": route, "eventType": event_type, **CONTEXT}, **fields}


CONNECTING: Final = gateway_event("CONNECT", "$connect", headers={"Host": "ws.lobby.example"})
LEAVING: Final = gateway_event("DISCONNECT", "$disconnect")
CHATTING: Final = gateway_event("MESSAGE", "say", body=f'{{"text":"Connection {BOB} is gone","connectionId":"{BOB}"}}')

NODE_DUMP: Final = f"""{{
  requestContext: {{
    routeKey: '$disconnect',
    disconnectStatusCode: 1005,
    eventType: 'DISCONNECT',
    requestId: 'Xc81pFq3oAMFZ0w=',
    connectedAt: 1780389000100,
    connectionId: '{ANN}'
  }},
  isBase64Encoded: false
}}"""
NODE_MESSAGE_DUMP: Final = f"""{{
  requestContext: {{
    routeKey: '$default',
    messageId: 'Xc82aCq3oAMCZ0w=',
    eventType: 'MESSAGE',
    connectionId: '{ANN}'
  }},
  body: `it's "$disconnect", {{connectionId: '{BOB}', eventType: 'DISCONNECT'}}`
}}"""
RUBY_DUMP: Final = (
    f'{{"requestContext"=>{{"routeKey"=>"$connect", "eventType"=>"CONNECT", "requestId"=>"Xc81pFq3oAMFZ0w=", '
    f'"connectionId"=>"{ANN}"}}, "isBase64Encoded"=>false}}'
)
GO_DUMP: Final = (
    "{Resource: Path: HTTPMethod: Headers:map[] RequestContext:{RouteKey:$disconnect EventType:DISCONNECT "
    f"ConnectedAt:1780389000100 RequestID:Xc81pFq3oAMFZ0w= ConnectionID:{ANN} DomainName:ws.lobby.example}} Body:}}"
)
RUST_DUMP: Final = (
    'ApiGatewayWebsocketProxyRequestContext { route_key: Some("$connect"), event_type: Some("CONNECT"), '
    f'connected_at: 1780389000100, request_id: Some("Xc81pFq3oAMFZ0w="), connection_id: Some("{ANN}") }}'
)
JAVA_DUMP: Final = f"{{requestContext={{routeKey=$connect, eventType=CONNECT, connectionId={ANN}, apiId=k2v9x0lobby}}}}"

DUMPS: Final = {
    "json connect": (python(f"Event: {json.dumps(CONNECTING)}"), {"connect"}),
    "json disconnect": (python(f"Received event: {json.dumps(LEAVING, indent=2)}"), {"disconnect"}),
    "json message": (node(json.dumps(CHATTING)), {"message"}),
    "bare json": (json.dumps(CONNECTING), {"connect"}),
    "powertools": (as_json(level="INFO", message=CONNECTING, service="lobby"), {"connect"}),
    "lambda json": (as_json(timestamp=TIME, level="INFO", requestId=REQUEST, message=LEAVING), {"disconnect"}),
    "python repr": (python(f"event={LEAVING!r}"), {"disconnect"}),
    "python repr of a message": (python(f"{CHATTING!r}"), {"message"}),
    "node inspect": (node(f"event {NODE_DUMP}"), {"disconnect"}),
    "node inspect of a message": (node(NODE_MESSAGE_DUMP), {"message"}),
    "ruby": (RUBY_DUMP, {"connect"}),
    "go struct": (f"2026/06/02 08:30:00 request: {GO_DUMP}", {"disconnect"}),
    "rust debug": (f"INFO lobby: {RUST_DUMP}", {"connect"}),
    "java map": (f"{TIME} {REQUEST} INFO Handler - {JAVA_DUMP}", {"connect"}),
    "labelled": (
        python(f'CONNECTION_EVENT: {{"event_type": "welcome_retry", "connection_id": "{ANN}"}}'),
        {"welcome_retry"},
    ),
    "own event name": (as_json(level="info", event="client.disconnected", connection_id=ANN), {"disconnect"}),
    "own event type": (as_json(level="info", event_type="connect", connectionId=ANN), {"connect"}),
}

# ------------------------------------------------------------------------------------------------ errors of SDKs

POST_URL: Final = f"https://k2v9x0lobby.execute-api.eu-west-1.amazonaws.com/live/@connections/{ANN.replace('=', '%3D')}"
JAVA_GONE: Final = "software.amazon.awssdk.services.apigatewaymanagementapi.model.GoneException: null"
NODE_ERROR_DUMP: Final = f"""push failed for connectionId {ANN} GoneException: UnknownError
    at throwDefaultError (/var/runtime/node_modules/@smithy/smithy-client/dist-cjs/index.js:388:20)
    at async push (/var/task/push.js:31:5) {{
  '$fault': 'client',
  '$metadata': {{ httpStatusCode: 410, requestId: 'd7b8f1f0-2a65-4d0c-9f83-6f1f3a3c1d55', attempts: 1 }}
}}"""
TRACEBACK: Final = f"""[ERROR] GoneException: {BOTO3_GONE}
Traceback (most recent call last):
  File "/var/task/push.py", line 40, in handler
    api.post_to_connection(ConnectionId=receiver, Data=data)
  File "/var/task/botocore/client.py", line 602, in _api_call
    return self._make_api_call(operation_name, kwargs)
"""

ERRORS: Final = {
    "boto3": (python(f"connection {ANN}: {BOTO3_GONE}", "ERROR"), ANN),
    "boto3, qualified": (python(f"connection {ANN}: botocore.errorfactory.GoneException: {BOTO3_GONE}"), ANN),
    "boto3, uncaught": (TRACEBACK, None),
    "js v2": (node(f"post to connection {ANN} failed: GoneException: 410", "ERROR"), ANN),
    "js v2 of 2019": (node(f"postToConnection {ANN} UnknownError: 410", "ERROR"), ANN),
    "js v3": (node(NODE_ERROR_DUMP, "ERROR"), ANN),
    "js v3 at the turn of 2026": (node(f"push failed for connectionId {ANN} GoneException: Unknown", "ERROR"), ANN),
    "js v3 at the turn of 2026, alone": (node("GoneException: Unknown", "ERROR"), None),
    "js v3 at the turn of 2026, uncaught": (
        node('Invoke Error \t{"errorType":"GoneException","errorMessage":"Unknown","$fault":"client"}', "ERROR"),
        None,
    ),
    "js, uncaught": (
        node('Invoke Error \t{"errorType":"GoneException","errorMessage":"UnknownError","$fault":"client"}', "ERROR"),
        None,
    ),
    "js v2, uncaught": (
        node(
            'Unhandled Promise Rejection \t{"errorType":"Error","errorMessage":"410","code":"GoneException"}', "ERROR"
        ),
        None,
    ),
    "go": (
        (
            f'time={TIME} level=ERROR msg="push failed" connectionId={ANN} err="operation error ApiGatewayManagementApi'
            ': PostToConnection, https response error StatusCode: 410, RequestID: 0c1d, GoneException: "'
        ),
        ANN,
    ),
    "java v2": (
        (
            f"2026-06-02 08:30:00 {REQUEST} ERROR PushHandler - connection {ANN} {JAVA_GONE} "
            "(Service: ApiGatewayManagementApi, Status Code: 410, Request ID: 0c1d)"
        ),
        ANN,
    ),
    "java v1": (
        (
            f"connection {ANN}: com.amazonaws.services.apigatewaymanagementapi.model.GoneException: null (Service: "
            "AmazonApiGatewayManagementApi; Status Code: 410; Error Code: GoneException; Request ID: 0c1d)"
        ),
        ANN,
    ),
    "java v1, unparsed": (
        f"post to connection {ANN}: Unable to unmarshall error response (null). Response Code: 410, Text: Gone",
        ANN,
    ),
    "php": (
        (
            f'Error executing "PostToConnection" on "{POST_URL}"; AWS HTTP error: Client error: `POST {POST_URL}` '
            "resulted in a `410 Gone` response"
        ),
        ANN,
    ),
    "lambda json": (
        as_json(timestamp=TIME, level="ERROR", message=f"push to connection {ANN} failed", errorType="GoneException"),
        ANN,
    ),
    "powertools": (
        as_json(
            level="ERROR",
            message="push failed",
            connection_id=ANN,
            exception_name="GoneException",
            exception=f"botocore.errorfactory.GoneException: {BOTO3_GONE}",
        ),
        ANN,
    ),
    "pino": (
        as_json(
            level=50,
            msg="push failed",
            connectionId=ANN,
            err={"type": "GoneException", "message": "UnknownError", "stack": "GoneException: UnknownError"},
        ),
        ANN,
    ),
    "pino, cut off": (
        as_json(level=50, msg="push failed", connectionId=ANN, err={"type": "GoneException", "stack": "GoneExc"})[:-4],
        ANN,
    ),
    "logback": (
        as_json(message=f"push to {ANN} failed", logger_name="Push", stack_trace=f"{JAVA_GONE}\n\tat Push.send"),
        ANN,
    ),
    "log4j": (as_json(message=f"push to {ANN} failed", thrown={"name": JAVA_GONE, "message": "null"}), ANN),
    "datadog": (
        as_json(message="push failed", attributes={"connectionId": ANN, "error": {"kind": "GoneException"}}),
        ANN,
    ),
    "structlog": (as_json(event="user.push.failed", conn_id=ANN, exc="GoneException"), ANN),
    "monolog": (
        as_json(message="push failed", context={"connectionId": ANN, "exception": {"class": "Api\\GoneException"}}),
        ANN,
    ),
    "slog": (
        as_json(
            time=TIME,
            level="ERROR",
            msg="push to connection failed",
            connection_id=ANN,
            error="PostToConnection, https response error StatusCode: 410, RequestID: 0c1d, GoneException: ",
        ),
        ANN,
    ),
    "beside a value that looks like an id": (
        as_json(message="GoneException, endpoint AccountName=a;AccountKey=c2VjcmV0LWtleS1vZi1h==", connectionId=ANN),
        ANN,
    ),
    "several at once": (
        as_json(msg="broadcast failed", connectionId=ANN, err={"aggregateErrors": [{"type": "GoneException"}]}),
        ANN,
    ),
    "opentelemetry's protocol": (
        as_json(
            body={"stringValue": "push failed"},
            attributes=[
                {"key": "connection_id", "value": {"stringValue": ANN}},
                {"key": "exception.type", "value": {"stringValue": "GoneException"}},
            ],
        ),
        ANN,
    ),
    "zap, where the record names the sender, too": (
        as_json(level="error", msg="send message failed", senderId=BOB, receiverId=ANN, error="GoneException: "),
        ANN,
    ),
    "a receiver that is no connection": (
        as_json(level="error", msg="push failed", connectionId=ANN, receiver="user-17", error="GoneException: "),
        ANN,
    ),
    "laravel, whose dump has line breaks": (
        (
            f'push failed {{"connection_id":"{ANN}","exception":"[object] (Aws\\Exception(code: 0): '
            f'\\"PostToConnection\\" on \\"{POST_URL}\\": `410 Gone` response)\n[stacktrace]"}}'
        ),
        ANN,
    ),
}

# ------------------------------------------------------------------------------------------------ access logs


def access_row(event_type: str, route: str, status: str = "200", **fields: object) -> str:
    row = {
        "requestId": "Xc81pFq3oAMFZ0w=",
        "ip": "203.0.113.9",
        "requestTime": ACCESS_TIME,
        "eventType": event_type,
        "routeKey": route,
        "status": status,
        "connectionId": ANN,
        **fields,
    }
    return json.dumps(row)


ACCESS_ROWS: Final = {
    "json connect": (access_row("CONNECT", "$connect"), {"connect"}),
    "json disconnect": (access_row("DISCONNECT", "$disconnect"), {"disconnect"}),
    "json message": (access_row("MESSAGE", "say"), {"message"}),
    "json gone": (access_row("CONNECTION_API", "POST /@connections/{connectionId}", "410"), {"gone"}),
    "json in quotation marks": (
        access_row('"CONNECT"', '"$connect"', connectionId=f'"{ANN}"'),
        {"connect"},
    ),
    "refused in quotation marks": (access_row('"CONNECT"', '"$connect"', "403", connectionId=f'"{ANN}"'), set()),
    "refused, by names of one's own": (
        json.dumps(
            {"reqId": "Xc81pFq3oAMFZ0w=", "connId": ANN, "route": "$connect", "event": "CONNECT", "code": "403"}
        ),
        set(),
    ),
    "clf connect": (
        f'203.0.113.9 - - [{ACCESS_TIME}] "CONNECT $connect {ANN}" 200 - Xc81pFq3oAMFZ0w=',
        {"connect"},
    ),
    "clf disconnect": (
        f'203.0.113.9 - - [{ACCESS_TIME}] "DISCONNECT $disconnect {ANN}" 200 - Xc81pFq3oAMFZ0w=',
        {"disconnect"},
    ),
    "csv": (f"203.0.113.9,{ACCESS_TIME},MESSAGE,$default,200,Xc81pFq3oAMFZ0w=,{ANN}", {"message"}),
    "csv, words beside each other": (f"live,say,MESSAGE,{ANN},200,410,Xc81pFq3oAMFZ0w=", {"message"}),
    "csv, a post that took long": (
        f"live,POST /@connections/{{connectionId}},CONNECTION_API,{ANN},200,410,Xc81pFq3oAMFZ0w=",
        set(),
    ),
}

# ------------------------------------------------------------------------------------------------ turns of phrase

UUID: Final = "9b1f2c3d-4e5f-4a6b-8c7d-1e2f3a4b5c6d"
NUMBERED: Final = "(Xc81pFq3oAMFZ0w=)"
"""How API Gateway's execution log begins its lines."""

PHRASES: Final[Mapping[str, tuple[str, set[str]] | tuple[str, set[str], str | None]]] = {
    "welcome that met a 410": (f"Welcome to {ANN} answered: 410 Gone", {"gone", "welcome_failed"}, ANN),
    "a tag and a type before an id that begins with capitals": (
        "!WSMESSAGE MESSAGE QBX7KdTwoAMCJ4g=",
        {"message"},
        "QBX7KdTwoAMCJ4g=",
    ),
    "welcome to who is gone": (f"Welcome for {ANN}: connection already gone", {"gone", "welcome_failed"}, ANN),
    "cut off within the context": (
        as_json(level="INFO", message="Client connected", connectionId=ANN, requestContext={"identity": {}})[:-4],
        {"connect"},
        ANN,
    ),
    "cut off within the context, behind headers": (
        as_json(message="Client connected", headers={"connectionId": BOB}, requestContext={"identity": {}})[:-4],
        {"connect"},
        None,
    ),
    "logfmt connect": (f"level=info event=connect connection_id={ANN} user=17", {"connect"}),
    "logfmt disconnect": (f'event=disconnect connection_id={ANN} reason="Going away"', {"disconnect"}),
    "logfmt welcome": (f"level=warn event=welcome_retry attempt=2 connection_id={ANN}", {"welcome_retry"}),
    "accepted": (f"Accepted connection {ANN}", {"connect"}),
    "a count in between": (f"[ws] + {ANN} (12 online) connected", {"connect"}),
    "passive in German": (f"Verbindung {ANN} wurde geöffnet", {"connect"}),
    "a new user in Chinese": (f"新用户连接 connectionId: {ANN}", {"connect"}),
    "a reason that says not": (f'disconnect: id={ANN} reason="Close frame status not set"', {"disconnect"}),
    "a reason in brackets": (node(f"Client disconnected (1006, no close frame): {ANN}"), {"disconnect"}),
    "nothing but the event": (as_json(msg="MESSAGE", cid=ANN, lvl="INFO"), {"message"}),
    "dotted name": (as_json(level="info", event="ws.message.received", connection_id=ANN), {"message"}),
    "dotted name of an end": (as_json(level="info", event="ws.connection.closed", connection_id=ANN), {"disconnect"}),
    "status as a field": (
        as_json(level="error", msg="post to connection failed", statusCode=410, connectionId=ANN),
        {"gone"},
    ),
    "short words": (python(f"ws open {ANN}"), {"connect"}),
    "emoji": (node(f"👋 Client disconnected: {ANN}"), {"disconnect"}),
    "percent-encoded": (f"POST /live/@connections/{ANN.replace('=', '%3D')} answered 410", {"gone"}),
    "percent-encoded twice": (f"POST /live/@connections/{ANN.replace('=', '%253D')} answered 410", {"gone"}),
    "escaped as Gson does it": (
        f'Client disconnected {{"connectionId":"{ANN}"}}'.replace("=", r"\u003d"),
        {"disconnect"},
    ),
    "uuid connects": (f"client connected {UUID}", {"connect"}, UUID),
    "uuid leaves": (python(f"Client disconnected: {UUID}"), {"disconnect"}, UUID),
    "numbered connect": (
        f"{NUMBERED} Client [Connection Id: {ANN}] connected to API [k2v9x0lobby] successfully.",
        {"connect"},
    ),
    "numbered disconnect": (
        f"{NUMBERED} Client [Connection Id: {ANN}] disconnected from API [k2v9x0]. Close reason: [1001: Going away]",
        {"disconnect"},
    ),
    "numbered message": (
        f"{NUMBERED} Message from client [Connection Id: {ANN}] sent to API [k2v9x0] with response status code [200].",
        {"message"},
    ),
    "text behind the sender": (python(f"Message from {ANN}: GoneException"), {"message"}),
    "text behind the id": (python(f"Message received from connection ID: {ANN}: {BOB} is gone"), {"message"}),
    "text in quotation marks": (python(f'Message from {ANN}: "Connection {BOB} is gone"'), {"message"}),
    "failure behind the sender": (python(f"Message from {ANN} not answered: {BOTO3_GONE}"), {"gone"}),
    "failed answer": (python(f"Error sending response: {BOTO3_GONE}", "ERROR"), {"gone"}, None),
    "failed answer in javascript": (node("Failed to send reply: GoneException: UnknownError"), {"gone"}, None),
    "failed at handling a message": (python(f"Error processing message from connection {ANN}: {BOTO3_GONE}"), {"gone"}),
    "sent at last": (node(f"Welcome message sent to {ANN} on attempt 2"), {"welcome_sent"}),
    "sent after failures": (node(f"Welcome message sent to {ANN} after 2 attempts"), {"welcome_sent"}),
    "failed for good": (node(f"Giving up on the welcome message to {ANN} after 3 retries"), {"welcome_failed"}),
    "failed for now": (node(f"Welcome message to {ANN} not delivered, will retry"), {"welcome_retry"}),
    "queued with success": (node(f"Welcome message for {ANN} queued successfully"), set()),
    "sent to a queue": (python(f"Welcome message sent to SQS for {ANN}"), set()),
    "queued and sent": (node(f"Queued welcome delivered to {ANN}"), {"welcome_sent"}),
    "done is false": (f'level=info msg="welcome" ok=false connection_id={ANN}', {"welcome_failed"}),
    "sent is false": (node(f"welcome sent to {ANN}: false"), {"welcome_failed"}),
    "a record's success is false": (as_json(event="welcome", success=False, connectionId=ANN), {"welcome_failed"}),
    "a record's success is true": (as_json(event="welcome", success=True, connectionId=ANN), {"welcome_sent"}),
}
"""Lines in which a single word or mark decides."""

# ------------------------------------------------------------------------------------------------ no signals

HTTP_EVENT: Final = {
    "httpMethod": "GET",
    "path": "/welcome",
    "requestContext": {"requestId": "a1", "connectionId": ANN},
}
AUTHORIZER_EVENT: Final = {
    "type": "REQUEST",
    "methodArn": "arn:aws:execute-api:eu-west-1:123456789012:k2v9x0lobby/live/$connect",
    **gateway_event("CONNECT", "$connect"),
}

NOT_SIGNALS: Final = {
    "a tracer's span with the event": f"[LUMIGO_LOG] {json.dumps({'event': json.dumps(CONNECTING)})}",
    "a tracer's spans as a record": json.dumps({"traces": [[{"meta": {"route": "$connect", "connection_id": ANN}}]]}),
    "a rest api's execution log": f"({UUID}) Method completed with status: 410",
    "a broker's log": "1780389000: Client sensor-9 closed its connection.",
    "the name of a test": "  ✓ deletes the row when PostToConnection throws GoneException (12 ms)",
    "a library's record within a span": as_json(
        fields={"message": "connected to 203.0.113.7:443"},
        target="hyper_util::client::legacy::connect::http",
        span={"connection_id": ANN},
    ),
    "a library's line within a span": (
        f'DEBUG socket{{connection_id="{ANN}"}}: hyper_util::client::legacy::pool: reuse idle connection'
    ),
    "a library's record with the keys of the request": as_json(
        message="Resetting dropped connection: a.example", logger="urllib3.connectionpool", connection_id=ANN
    ),
    "http event": python(f"Event: {json.dumps(HTTP_EVENT)}"),
    "authorizer event": python(f"Event: {json.dumps(AUTHORIZER_EVENT)}"),
    "refused connect": access_row("CONNECT", "$connect", "403"),
    "refused connect, clf": f'203.0.113.9 - - [{ACCESS_TIME}] "CONNECT $connect {ANN}" 401 - Xc81pFq3oAMFZ0w=',
    "forbidden post": access_row("CONNECTION_API", "POST /@connections/{connectionId}", "403"),
    "throttled post": access_row("CONNECTION_API", "POST /@connections/{connectionId}", "429"),
    "successful post": access_row("CONNECTION_API", "POST /@connections/{connectionId}", "200"),
    "forbidden, uncaught": node('Invoke Error \t{"errorType":"ForbiddenException","errorMessage":"403"}', "ERROR"),
    "throttled, go": f'level=ERROR msg="push failed" connectionId={ANN} err="PostToConnection, https response error '
    'StatusCode: 429, RequestID: 0c1d, LimitExceededException: "',
    "body in json": as_json(level="INFO", message="parsed", body=f'{{"text":"Connection {ANN} is gone"}}'),
    "text in json": as_json(level="INFO", message="chat", text=f"Welcome message sent to connection {ANN}"),
    "json string": json.dumps(f"Connection {ANN} is gone"),
    "json list": json.dumps([f"GoneException: {BOTO3_GONE}", "Client connected"]),
    "code in python": "    except api.exceptions.GoneException:\n        delete(connection_id)\n",
    "code in javascript": "if (error.name === 'GoneException') {\n  await remove(connectionId);\n}\n",
    "test output": "expect(error instanceof GoneException).toBe(true)\n",
    "start": f"START RequestId: {REQUEST} Version: $LATEST\n",
    "end": f"END RequestId: {REQUEST}\n",
    "report": f"REPORT RequestId: {REQUEST}\tDuration: 410.11 ms\tBilled Duration: 411 ms\n",
    "init": "INIT_START Runtime Version: python:3.13.v64\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:410\n",
    "platform start": as_json(time=TIME, type="platform.start", record={"requestId": REQUEST, "version": "$LATEST"}),
    "timeout": f"{TIME} {REQUEST} Task timed out after 3.00 seconds\n",
}

# ------------------------------------------------------------------------------------------------ the tests


class Case(NamedTuple):
    """A log line, the signals in it, and the connection that it names."""

    name: str
    message: str
    kinds: set[str]
    connection_id: str | None = ANN


def framed(sentence: str, kinds: set[str]) -> Iterator[Case]:
    for name, frame in FRAMES.items():
        yield Case(f"{name}: {sentence}", frame(sentence.format(id=ANN)), kinds)


SIGNALS: Final = [
    *(case for sentence, kinds in SENTENCES.items() for case in framed(sentence, kinds)),
    *(Case(f"dump: {name}", *line) for name, line in DUMPS.items()),
    *(Case(f"access log: {name}", *line) for name, line in ACCESS_ROWS.items()),
    *(Case(f"phrase: {name}", *line) for name, line in PHRASES.items()),
    *(Case(f"error: {name}", message, {"gone"}, connection_id) for name, (message, connection_id) in ERRORS.items()),
]
SILENT: Final = [
    *(case for sentence in SILENCES for case in framed(sentence, set())),
    *framed(QUOTED_ID, set()),
    *(Case(name, message, set()) for name, message in NOT_SIGNALS.items()),
]


@pytest.fixture(scope="module")
def recognised(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, Any]]:
    """The signals of each line, by its text; one run classifies all of them."""
    messages = {case.message for case in [*SIGNALS, *SILENT]}
    rows = statements(tmp_path_factory.mktemp("lines"), map(event, sorted(messages)))
    return {row["message"]: row for row in rows}


def test_signals(recognised: Mapping[str, Mapping[str, Any]]) -> None:
    """Every line has its signals, each once, with the connection that it names."""
    wrong = [
        f"{case.name}: {said['kinds']} of {said['connection_id']}, not {sorted(case.kinds)} of {case.connection_id}"
        for case in SIGNALS
        if (sorted((said := recognised[case.message])["kinds"]), said["connection_id"])
        != (sorted(case.kinds), case.connection_id)
    ]
    assert not wrong, "\n".join(wrong)


def test_silences(recognised: Mapping[str, Mapping[str, Any]]) -> None:
    """The line has no signal, although it uses their words; most such lines are not even examined."""
    kinds = {case.name: recognised[case.message]["kinds"] for case in SILENT if case.message in recognised}
    assert {name: signals for name, signals in kinds.items() if signals} == {}


def test_a_user_names_no_connection(recognised: Mapping[str, Mapping[str, Any]]) -> None:
    """An id that somebody typed does not say where the line belongs."""
    named = {case.name: recognised[case.message]["connection_id"] for case in framed(QUOTED_ID, set())}
    assert {name: connection_id for name, connection_id in named.items() if connection_id} == {}


@pytest.mark.parametrize("name", ["python", "node", "lambda_json", "powertools", "structlog", "logfmt", "log4j"])
def test_request_id(name: str, recognised: Mapping[str, Mapping[str, Any]]) -> None:
    """The Lambda request is found where the dialect writes it."""
    line = FRAMES[name](f"Client {ANN} connected")
    assert recognised[line]["request_id"] == REQUEST


@pytest.mark.parametrize("name", ["json disconnect", "python repr", "node inspect", "go struct"])
def test_connected_at(name: str, recognised: Mapping[str, Mapping[str, Any]]) -> None:
    """A dumped DISCONNECT has the time when the connection was opened."""
    message, _ = DUMPS[name]
    assert recognised[message]["connected_at"] == CONTEXT["connectedAt"]


def test_beginning_is_no_news_in_a_connect(recognised: Mapping[str, Mapping[str, Any]]) -> None:
    """The connect line itself is the beginning, whatever `connectedAt` is dumped beside it."""
    message, _ = DUMPS["json connect"]
    assert recognised[message]["connected_at"] is None
