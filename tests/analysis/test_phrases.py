"""Ways of speaking that many applications share, and what is near to each and says nothing."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.analysis.playing import ANN, REQUEST, event, statements

TIME: Final = "2026-06-02T08:30:00.125Z"

PHRASES: Final[Mapping[str, str]] = {
    # somebody of the application's own is connected, on line, accepted
    "New bidder connected on {id}": "connect",
    "Accepted websocket {id}": "connect",
    "Opened WebSocket for player 9 (connectionId = {id})": "connect",
    "Kiosk bridge online: {id}": "connect",
    "socket {id} joined": "connect",
    "Client connection: {id}": "connect",
    "lobby_gateway: websocket connect connection_id={id}": "connect",
    "onOpen {id}": "connect",
    "WebSocket connection with id {id} established": "connect",
    "$connect connectionId={id} userId=17": "connect",
    "Connect route hit: {id}": "connect",
    "connect success": "connect",
    "User 9 is connected with connection id {id}": "connect",
    "New visitor {id} from the south": "connect",
    "[{id}] opened by 203.0.113.9": "connect",
    "start connect": "connect",
    "Connect client: connectionID={id}": "connect",
    "OnConnect Lambda hit": "connect",
    "Executing OnConnectedAsync for {id}": "connect",
    "Client reconnected: {id}": "connect",
    "conn+ {id} (14 in all)": "connect",
    "[lobby] OK Keeper connected: {id}": "connect",
    "accepted {id}": "connect",
    "WebSocket CONNECT received, connectionId: {id}": "connect",
    "new connection id=%s {id}": "connect",
    "[Connect] - Method called": "connect",
    "getEventType(): CONNECT": "connect",
    "Open {id}": "connect",
    "Client connecting: {id}": "connect",
    "connect lambda invoked": "connect",
    "In connect handler": "connect",
    "event: connect": "connect",
    "connection:new {id}": "connect",
    "Session {id} established": "connect",
    "Got connection {id}": "connect",
    "Received connection from {id}": "connect",
    "{id} came online": "connect",
    "lambda connect: {id}": "connect",
    "Player joined the server, connection={id}": "connect",
    "ConnectAsync called for connection {id}": "connect",
    "Connecting with connection id: {id}": "connect",
    "[WebSocket] open {id}": "connect",
    "[{id}][$connect] ok": "connect",
    "at=info method=connect connection_id={id} status=200": "connect",
    "Connected user u1 with connectionId {id}": "connect",
    "Hello from connect! connectionId: {id}": "connect",
    "Client {id} has joined the chat server": "connect",
    "New session established: {id}": "connect",
    "ws {id} up": "connect",
    # or is no longer
    "disconnect: user=u1 conn={id}": "disconnect",
    "Connection with id {id} terminated": "disconnect",
    "Client {id} has left the chat server": "disconnect",
    "Lambda disconnect started for {id}": "disconnect",
    "Client {id} disconnected but was in no room": "disconnect",
    "{id} went offline": "disconnect",
    "Client disconnecting: {id}": "disconnect",
    "Client {id} explicitly closed the connection.": "disconnect",
    "Inside disconnect function": "disconnect",
    "Lost player {id}": "disconnect",
    "[Disconnect] - Method called": "disconnect",
    "Close {id}": "disconnect",
    "ws conn {id} closed": "disconnect",
    "[lobby] Disconnect: {id}": "disconnect",
    "Client {id} disconnected with error": "disconnect",
    "Player {id} went away": "disconnect",
    "dropped {id}": "disconnect",
    "start disconnect": "disconnect",
    "conn- {id} (13 in all)": "disconnect",
    "Kiosk bridge offline: {id}": "disconnect",
    "Closed WebSocket for player 9 (connectionId = {id})": "disconnect",
    "lobby_gateway: websocket disconnect connection_id={id}": "disconnect",
    "bye {id}": "disconnect",
    "onClose {id}": "disconnect",
    "Lost connection to {id}": "disconnect",
    "dropped connection {id}": "disconnect",
    "[{id}] closed with code 1001": "disconnect",
    # a message, whatever it is called, is received from a connection
    "order received from client {id}": "message",
    "Received vote, connection {id}": "message",
    "recv {id} 120 bytes": "message",
    "Heartbeat from device 12 ({id})": "message",
    "got ping, connection {id}": "message",
    "Player 9 ({id}) sent a message to the lobby": "message",
    "Malformed JSON from {id}": "message",
    'Received "board:move" from {id}': "message",
    "Received: {{...}} from connection {id}": "message",
    "{id} said: good morning": "message",
    "{id} sent message": "message",
    "Player 9 sent message via {id}": "message",
    "Routing action join for {id}": "message",
    "Message handler invoked for connection {id}": "message",
    "[default] connectionId: {id}": "message",
    "Lobby WebSocket event: startRound for connection: {id}": "message",
    "Lobby: route=sendMessage connection={id}": "message",
    "typing event from {id}": "message",
    'Received message: {{"text":"hi"}} from connection: {id}': "message",
    "Processing route_key: sendMessage, connection_id: {id}": "message",
    "handler: default, connectionId: {id}": "message",
    "{id} -> sendMessage": "message",
    "message called {id}": "message",
    "Player {id} sent: GoneException, and my client disconnected": "message",
    "recv {id} welcome message sent, connection gone": "message",
    "Player {id} says: hi": "message",
    "Handling sendMessage for {id}": "message",
    "action=sendMessage connectionId={id}": "message",
    "Incoming websocket message: connection_id={id}": "message",
    "Received WebSocket message: action=startRound, connectionId={id}": "message",
    "WS<- {id} action=move": "message",
    "[WS] recv conn_id={id} action=typing": "message",
    "got command, connection {id}": "message",
    "Dispatching action, connection {id}": "message",
    "Request: sendmessage, use table lobby-connections": "message",
    "read 112 bytes from {id}": "message",
    "[MESSAGE_RECEIVED] connectionId={id} action=sendMessage": "message",
    "user bob sent: the connection is gone!": "message",
    "route key: placeBid": "message",
    "route_key sendmessage": "message",
    "message handler called": "message",
    "handleMessage called": "message",
    "Action received: join": "message",
    "Received payload: {{...}}": "message",
    'Input: {{"requestContext": {{"eventType": "DISCONNECT", "connectionId": "{id}"}}}}': "disconnect",
    "postToConnection response: 410 Gone for {id}": "gone",
    "Response: 410 Gone for {id}": "gone",
    "[{id}] received: good morning": "message",
    "Message of type chat from {id}": "message",
    "Got action sendMessage": "message",
    "Calling handler sendMessage for {id}": "message",
    "{id} [sendMessage]": "message",
    'Received query: "are you there?" from connection {id}': "message",
    "Processing chat request for connection {id}": "message",
    "telemetry from {id}": "message",
    'Received: {{"action": "join"}}': "message",
    "Invalid action: jump": "message",
    "Processing action: join": "message",
    "ping received, sending pong": "message",
    "default route hit": "message",
    "[ws] action=join connectionId={id}": "message",
    "handleDefault called for {id}": "message",
    "Client message: {{...}}": "message",
    "Received raw message: {{...}}": "message",
    "Message arrived: {{...}}": "message",
    "WS IN {id} {{...}}": "message",
    "{id} requested join": "message",
    "subscribe request: connection={id} topic=x": "message",
    "Player 9 ({id}) sent message: hi": "message",
    "got a message!": "message",
    # the welcome, by other words of sending and of welcoming
    "welcome packet dispatched to {id}": "welcome_sent",
    "{id} welcomed": "welcome_sent",
    "sent hello to {id}": "welcome_sent",
    "hello to {id} failed": "welcome_failed",
    "welcome event emitted to {id}": "welcome_sent",
    "retrying welcome for {id} after 200 ms": "welcome_retry",
    "Sent connection_ack to {id}": "welcome_sent",
    "could not send hello to {id}": "welcome_failed",
    "session.created sent to {id}": "welcome_sent",
    "Failed to deliver connected message to {id}": "welcome_failed",
    "Connection acknowledgement sent to {id}": "welcome_sent",
    # gone
    "Participant {id} gone": "gone",
    "Target connection {id} has disconnected already": "gone",
    "Connection {id} not found (gone)": "gone",
    "connection {id} no longer exists, removing from pool": "gone",
    "Client {id} not connected anymore": "gone",
    "Could not push: connection ID ({id}) is already disconnected": "gone",
    "[gone] {id}": "gone",
    "PushUpdate {id} -> gone": "gone",
    "Dead connection detected: {id}": "gone",
    "Connection {id} does not exist anymore": "gone",
    "post_to_connection 410 {id}": "gone",
    "deleting {id}, 410": "gone",
    # near to these
    "Response received for {id} from the model": "",
    "ack received for {id}": "",
    "Player 9 ({id}) was sent a message": "",
    "Row of {id} is gone from the cache": "",
    "state of {id}: CONNECTED": "",
    "DeleteConnection called for {id}": "",
    "completion tokens: 410 for {id}": "",
    "Broadcasting message from {id} to the room": "",
    "No data from {id}": "",
    "Outbound websocket message, connectionId={id}": "",
    "close event from {id}": "",
    "message from queue for {id}": "",
    "User connected their GitHub account": "",
    "Registered routes: $connect, $disconnect, $default": "",
    "User session no longer valid": "",
    "new message stored with id 8812": "",
    "e-mail message received from ada@example.com": "",
    "WebSocket message size: 412 bytes": "",
    "Disconnected clients purged: 4": "",
    "9 players connected": "",
    "connected=false": "",
    "Transcribe session started for {id}": "",
    "WS OUT {id} {{...}}": "",
    "Response to connection {id}: {{...}}": "",
    "Message queued for {id}": "",
    "Connection gone offline": "",
    "Starting message loop for {id}": "",
    "Scheduled disconnect for {id}": "",
    "Telling {id} about a new connection": "",
    "Cache entry {id} gone": "",
    "Players connected: 9": "",
    "failed to clean gone connection {id}: access denied": "",
    "WS-> {id} type=state": "",
    "Redis client reconnected": "",
    "Client {id} left the room": "",
    "Room 5 opened: {id}": "",
    "Skipping closed connection {id}": "",
    "PG::Connection established to orders": "",
    "User 12 was welcomed by the office": "",
    "welcome coupon sent": "",
    "mailer.welcome.sent": "",
    "welcome pack delivered to ada@example.com": "",
    "Session opened for ticket 12": "",
    "Removing disconnected connection {id}": "",
    "PeerConnection closed": "",
    "RTCPeerConnection for u2 closed": "",
    "Connected to host": "",
    "Connected to the primary": "",
    "<ann> GoneException on {id}": "",
    "chat | ann | connection {id} is gone": "",
    "Will disconnect {id}": "",
    "gone: 0, sent: 12": "",
    "User connected their Google account": "",
    "Failed to post to connection {id}, it is gone": "gone",
    "onGone: connectionId={id}": "gone",
    "Action 'subscribe' requested by {id}": "message",
    "Handling join for {id}": "message",
    "Handling cleanup for {id}": "",
    "Performing action speak for connection {id}": "message",
    "client {id} issued command look": "message",
    "route=join status=200 connection={id}": "message",
    "Hub method SendMessage invoked on connection {id}": "message",
    "Default event for {id}": "message",
    "Ping timeout on connection {id}": "",
    "ApiGatewayManagementApiException 410 {id}": "gone",
    "{id}: connect": "connect",
    "conn/{id} connected": "connect",
    "CONNECT id={id}": "connect",
    "Client {id} said hello": "message",
    "Puppeteer browser disconnected": "",
    "Default handler received: 'hi'": "message",
    "WebSocket route: join": "message",
    "WebSocket route: $connect": "connect",
    "$connect: body: '' connectionId: '{id}'": "connect",
    "connect ok connection={id}": "connect",
    "{id} requests join": "message",
    "ws:message {id} join": "message",
    "{id} joined the chat server": "connect",
    "{id} left the chat server": "disconnect",
    "WebSocket message received: id={id}, type=PING": "message",
    "WebSocket message sent: id={id}, type=PONG": "",
    # where rows are kept is no other side of a connection
    "Client connected, saved to redis": "connect",
    "Client disconnected - removed from DynamoDB table": "disconnect",
    "Connection is gone. Removing from database.": "gone",
    "Message received, saving to db": "message",
    "Added client connection to redis pool": "",
    "New connection {id} without user": "connect",
    "ws default, connection={id}": "message",
    "Connection {id} is no longer live": "gone",
    "[WS] Route: board:move, ConnectionId: {id}": "message",
    "Received [typing] from {id}": "message",
    "dropping {id}, 410": "gone",
    "telemetry received connection={id} bytes=120": "message",
    "Chat: client {id} connected": "connect",
    "Chat: welcome message sent to {id}": "welcome_sent",
    "[chat] ann: connection {id} is gone": "gone",
    "ws:data {id}": "message",
    "Message: {id} (user: 7, room: 12)": "message",
    "Message handled for connection {id}": "message",
    "Client message, id={id}, size=120": "message",
    "[ws] client {id} up": "connect",
    "[ws] client {id} down": "disconnect",
    "Processing action 'move' for connection {id}": "message",
    "Client with id {id} sent: ping": "message",
    "User 'ann' sent a message with session id {id}": "message",
    "Connection request received from {id}": "connect",
    "Player joined the game server: {id}": "connect",
    "Player left the game server: {id}": "disconnect",
    "Player {id} left the queue": "",
    "Inbound SEND from session {id}": "message",
    "Operation from {id}: rev 12": "message",
    "stale: connection_id={id}": "gone",
    "Connection of user 7 is gone: {id}": "gone",
    "Message: ConnectionID={id} action=sendMessage": "message",
    "session {id} action=move": "message",
    "client {id} attached": "connect",
    "client {id} detached": "disconnect",
    "client {id} detached from room 7": "",
    "Skipping welcome for {id}, already greeted": "",
    "[socket] + {id}": "connect",
    "[socket] - {id}": "disconnect",
    "[socket] < {id}": "message",
    "[socket] > {id}": "",
    "Connection {id} returned Gone; removing it": "gone",
    "JOIN_ROOM received sessionId=s1 roomId=r2 connectionId={id}": "message",
    "Received route: $connect, connection: {id}": "connect",
    "Client {id} invoked method Move": "message",
    "WebSocket request failed. {{ routeKey: '$connect', message: 'no table' }}": "",
    "Connection {id} added to group lobby": "",
    "WebSocket session {id} opened": "connect",
    "op received id={id} doc=9": "message",
    "[quiz] answer from {id}: connection is gone": "message",
    "[Default] - Method called: {id}": "message",
    "draw_card called by {id}": "message",
    "bid placed by {id}": "message",
    'Receives:\n\tBody:\n{{"action":"vote"}}\n\tRequest Context connectionId: {id}': "message",
    "\N{LARGE GREEN CIRCLE} {id}": "connect",
    "\N{LARGE RED CIRCLE} {id}": "disconnect",
    "++ {id}": "connect",
    "-- {id}": "disconnect",
    "websocket: close 1006 (abnormal closure): unexpected EOF": "",
    "WebSocket connected to Kalshi": "",
    "WebSocket connected to room 7": "connect",
    "SSE stream error for session 91: This session is gone": "",
    "Disconnected from WebSocket server": "",
    "Connected to socket server with ID: Xk2_ab12cd34": "",
    "Accepting socket connections on 0.0.0.0:9001": "",
    "Mattermost welcome failed for ann": "",
    "Found existing connection for user 7, its duration is extended": "",
    "[AWS apigatewaymanagementapi 410 0.031s 0 retries] postToConnection({{ ConnectionId: '{id}' }})": "gone",
    "# client {id} disconnected": "disconnect",
    # in other languages, the other words
    "Recibiendo mensaje de {id}": "message",
    "Apertura de la conexión {id}": "connect",
    "Recebendo mensagem de {id}": "message",
    "Fechamento da conexão {id}": "disconnect",
    "Ouverture de la connexion {id}": "connect",
    "Fermeture de la connexion {id}": "disconnect",
    "Réception d'un message de {id}": "message",
    "Neue WebSocket-Verbindung {id}": "connect",
    "Acción recibida de {id}: mover": "message",
    "Aktion empfangen von {id}": "message",
    "[接続] connectionId={id}": "connect",
    "接続: {id}": "connect",
    "연결: {id}": "connect",
    "连接: {id}": "connect",
    "删除过期连接: {id}": "",
    "客户端接入成功 {id}": "connect",
    "接続を閉じました: {id}": "disconnect",
    "[연결] {id}": "connect",
    "연결 {id} 이 존재하지 않습니다": "gone",
    "[连接] {id}": "connect",
    "新的连线建立 {id}": "connect",
    "Mensaje de {id}: {{...}}": "message",
    "Fin de connexion {id}": "disconnect",
    "Verbindung gestartet: {id}": "connect",
    "Verbindung von {id} angenommen": "connect",
    "已向 {id} 发送欢迎消息": "welcome_sent",
    "ウェルカムメッセージを送信中: {id}": "",
    "ウェルカムメッセージ送信完了: {id}": "welcome_sent",
    "正在发送欢迎消息给 {id}": "",
    "已发送欢迎消息给 {id}": "welcome_sent",
    "환영 메시지 전송 중: {id}": "",
    "환영 메시지 전송 완료: {id}": "welcome_sent",
}
"""What applications say of a connection, and the signal in it; empty for none."""

RECORDS: Final[Mapping[str, tuple[Mapping[str, object], str]]] = {
    "a session, by its field": ({"message": "Session opened", "connectionId": ANN}, "connect"),
    "a session that began": ({"event": "session_started", "connection_id": ANN}, "connect"),
    "a route": ({"message": "Disconnect route", "connection_id": ANN}, "disconnect"),
    "a greeting's long word": ({"message": "Connection acknowledgement sent", "connectionId": ANN}, "welcome_sent"),
    "a short word": ({"msg": "conn gone", "id": ANN}, "gone"),
    "a type of its own": ({"type": "ws.connect", "connection_id": ANN}, "connect"),
    "an action, by its place in the template": (
        {
            "MessageTemplate": "Dispatching {Action} for connection {ConnectionId}",
            "RenderedMessage": "Dispatching Join for connection " + ANN,
            "Properties": {"Action": "Join", "ConnectionId": ANN},
        },
        "message",
    ),
    "why it ended": (
        {"msg": "Client disconnected", "connectionId": ANN, "reason": "frame status not set"},
        "disconnect",
    ),
    "why it was closed": (
        {"msg": "Connection closed", "connectionId": ANN, "reason": "no answer to a ping"},
        "disconnect",
    ),
    "a post, within a route": ({"msg": "Message sent", "route": "$default", "connectionId": ANN}, ""),
    "a post that failed, within a route": (
        {"msg": "Connection gone", "route": "$default", "connectionId": ANN},
        "gone",
    ),
    "what is asked for": ({"event": "subscription_requested", "connection_id": ANN, "topic": "prices"}, "message"),
    "a route that was invoked": ({"msg": "sendMessage route invoked", "connection_id": ANN}, "message"),
    "what was closed": ({"msg": "closed connection", "connection_id": ANN}, "disconnect"),
    "a request": ({"message": "Client request", "connectionId": ANN, "action": "list"}, "message"),
    "a route by the samples' name": ({"msg": "sendmessage", "connection_id": ANN}, "message"),
    "somebody new": ({"msg": "new subscriber", "connection_id": ANN}, "connect"),
    "off line": ({"msg": "client offline", "connection_id": ANN}, "disconnect"),
    "received, by another name": ({"message": "bid received", "connection_id": ANN, "amount": 3}, "message"),
    "a message, and whose": ({"msg": "ws: message", "connID": ANN}, "message"),
    "an action": ({"message": "Incoming action", "connection_id": ANN, "action": "openChart"}, "message"),
    "asgi": ({"event": "websocket.receive", "connection_id": ANN, "bytes": 12}, "message"),
    "a template": ({"@mt": "Received {Action} from {ConnectionId}", "Action": "edit", "ConnectionId": ANN}, "message"),
    "gone, and whose": ({"msg": "ws gone", "connId": ANN}, "gone"),
    "out of reach": ({"message": "Session no longer reachable", "connectionId": ANN}, "gone"),
    "result": ({"message": "DeliverUpdate -> gone", "connectionId": ANN}, "gone"),
    "a list": ({"level": {"value": 6, "name": "INFO"}, "message": [f"Client {ANN} connected"]}, "connect"),
    "by numbers": ({"0": f"Client {ANN} connected", "_meta": {"logLevelName": "INFO"}}, "connect"),
    "one word": ({"msg": "クライアント接続", "connectionId": ANN}, "connect"),
    "an address of its own": ({"msg": "connection closed", "peer": "203.0.113.9:51234"}, "disconnect"),
    "a code": ({"message": "Websocket push failed", "connectionId": ANN, "code": 410}, "gone"),
    "a state": ({"message": "state changed", "connectionId": ANN, "status": "connected"}, "connect"),
    "a state that ended": ({"msg": "ws", "conn": ANN, "state": "closed"}, "disconnect"),
    "a state that lasts": ({"msg": "heartbeat", "connectionId": ANN, "status": "connected"}, ""),
    "accepted": ({"msg": "ws: accepted", "conn": ANN}, "connect"),
    "chat, and by whom": ({"msg": f"connection {ANN} is gone", "type": "chat", "from": "ann"}, ""),
    "sent": ({"message": "hello sent", "connectionId": ANN}, "welcome_sent"),
    "received from a model": ({"message": "completion received", "connection_id": ANN}, ""),
}
"""Records that name the connection in a field: their words may be fewer."""

POST: Final = f'10.0.1.7 - - [02/Jun/2026:08:30:00 +0000] "POST /live/@connections/{ANN.replace("=", "%3D")} HTTP/1.1"'
FRAMED: Final = {
    f"ws/default: {ANN}": "message",
    f'time="{TIME}" level=info msg="bet received" connectionId="{ANN}" stake="10"': "message",
    f'time="{TIME}" level=info msg="Message: the connection is gone" connectionId="{ANN}"': "message",
    f'time={TIME} level=INFO request_id={REQUEST} msg="Received: welcome message sent"': "",
    f'time={TIME} level=INFO request_id={REQUEST} msg="{ANN} came online"': "connect",
    f"Jun 02, 2026 8:30:00 AM com.acme.Push main\nINFO: connection:new {ANN}": "connect",
    f"I, [2026-06-02T08:30:00.125000 #8]  INFO {REQUEST} -- : [connect] {ANN} from 203.0.113.9": "connect",
    f'[2026-06-02T08:30:00.125+00:00] app.ERROR: push failed {{"connectionId":"{ANN}","error":"410 Gone"}} []': "gone",
    f"{POST} 410 0": "gone",
    f"{POST} 200 0": "",
}
"""Lines of loggers whose frame decides: logfmt, Ruby's on Lambda, a CLF access log, an emulator."""

LOGGERS: Final = (
    "2026-06-02 08:30:00.117  INFO 8 --- [           main] com.acme.ws.SocketHandler                : {}",
    "2026-06-02T08:30:00.117Z  INFO 8 --- [chat] [nio-8080-exec-1] c.a.ws.SocketHandler                     : {}",
    f"2026-06-02 08:30:00 {REQUEST} INFO  Handler - {{}}",
    "Jun 02, 2026 8:30:00 AM com.acme.ws.Handler handleRequest\nINFO: {}",
    "2026-06-02 08:30:00,117 - handler - INFO - {}",
    "[2026-06-02 08:30:00,117] INFO in app: {}",
    "INFO:     {}",
    "INFO - {}",
    "\N{INFORMATION SOURCE} {}",
    "2026-06-02 08:30:00.117\tINFO\t[/src/ws.ts:42]\t{}",
    "[2026-06-02T08:30:00.117] [INFO] default - {}",
    "INFO [2026-06-02 08:30:00.117 +0000] (8 on host): {}",
    "2026/06/02 08:30:00 handler.go:42: {}",
    "I0602 08:30:00.117123       8 handler.go:42] {}",
    "INFO[0003] {}",
    "8:30AM INF {}",
    "[2026-06-02 08:30:00][INFO][ws] {}",
    "2026-06-02T08:30:00.117123Z  INFO request{{id=1}}: ws_handler: {}",
    "2026-06-02 08:30:00,117 [1] INFO  Acme.Ws.Handler - {}",
    "[08:30:00 INF] Acme.Ws.Handler: {}",
    "2026-06-02 08:30:00.117123 I [8:main] Ws::Handler -- {}",
    "[02-Jun-2026 08:30:00 UTC] {}",
    "[INFO] [06/02/2026 08:30:00.117] [main] {}",
    "web_1  | {}",
    "Jun  2 08:30:00 host app[8]: {}",
    "<14>1 2026-06-02T08:30:00Z host app 8 - - {}",
)
"""What loggers of many languages put before a sentence."""

LOGGED: Final = {
    "Connected user u1 with connectionId {id}": "connect",
    "{id} disconnected": "disconnect",
    "{id} gone, skipping": "gone",
    "Message from {id}": "message",
    "Message: the client has connected, GoneException": "message",
    "Connected to MySQL": "",
    "Connection established with host 10.0.0.3": "",
    "onConnect triggered": "connect",
    "sent welcome -> {id}": "welcome_sent",
}

LABELS: Final = (
    "Received: {}",
    "received from ann: {}",
    "Processing message: {}",
    "event.body: {}",
    "body = {}",
    "message = {}",
    "content={}",
    "user=ann text={}",
    "ann> {}",
    "\N{SPEECH BALLOON} ann: {}",
    "[ws] Message from " + ANN + ": {}",
    "Message -> {}",
    "message => {}",
    "Echo back: {}",
    "Replying with: {}",
    "Translation: {}",
    "Comment: {}",
    'The user said "{}"',
    "Sending '{}' to 3 connections",
    "Whisper to bob: {}",
    "Feedback received: {}",
    "user_input: {}",
    "Message sent: {}",
    "New post: {}",
    "Command: /say {}",
    "Question #12: {}",
    "chat from " + ANN + ": {}",
    "relay to 5 connections: {}",
    "Message received: {}",
    "Message received from the client: {}",
    "Got payload -> {}",
    "Message content -> {}",
    "Decoded message: {}",
    "Client sent: {}",
    "Search query: {}",
    "rx: {}",
    "question={}",
    "received data={}",
)
PLACES: Final = ("Chat: {}", "[chat] ann: {}", "[room 4] bob: {}", "Sent: {}")
TYPED: Final = ("connection {id} is gone", "Client connected {id}", "welcome message sent", "GoneException")
"""What a user may write, and what stands before it."""

OTHER_IDS: Final = {
    json.dumps({"requestTime": TIME, "path": f"/live/@connections/{ANN.replace('=', '%3D')}", "status": "410"}): ANN,
    f"Error when sending message to ann/{ANN}: GoneException": ANN,
    "connection opened 9b1f2c3d-4e5f-4a6b-8c7d-1e2f3a4b5c6d": "9b1f2c3d-4e5f-4a6b-8c7d-1e2f3a4b5c6d",
    "PostToConnection 9b1f2c3d-4e5f-4a6b-8c7d-1e2f3a4b5c6d: 410 Gone": "9b1f2c3d-4e5f-4a6b-8c7d-1e2f3a4b5c6d",
    "Client connected: connectionId=conn-12": "conn-12",
    "Client connected: connectionId=12": None,
}
"""Ids that are not API Gateway's, as emulators and tests make them."""

OTHER_LOGS: Final = (
    '{"t":{"$date":"2026-06-02T08:30:00.125+00:00"},"s":"I","ctx":"conn12","msg":"Connection ended"}',
    '{"detail-type":"Amazon Connect Contact Event","detail":{"eventType":"DISCONNECTED","contactId":"9b1f2c3d"}}',
    "2026-06-02 08:30:00 UTC:10.0.1.23(51234):app@lobby:[12]:LOG:  connection received: host=10.0.1.23 port=51234",
    "Selenium session connected",
    "2026-06-02 08:30:00 UTC LOG:  connection received: host=10.0.1.23 port=51234",
    '{"level":"info","logger":"ioredis","msg":"connected"}',
    '{"level":"info","component":"redis","msg":"connection established"}',
    '{"level":"info","msg":"connection established","db":"orders"}',
    '{"level":"info","msg":"connected","host":"redis.internal","port":6379}',
    '{"level":"info","msg":"connection closed","peer":"kafka-1:9092"}',
    "2026-06-02 08:30:00.125 ERROR 8 --- [main] com.acme.ws.SocketHandler : o.HttpClientErrorException$Gone: 410 Gone",
    "// 410 means that the connection is gone",
    'raise GoneException("Connection no longer exists")',
    "case *types.GoneException:",
    "rescue Aws::ApiGatewayManagementApi::Errors::GoneException => e",
    "+ if e.response['Error']['Code'] == 'GoneException':",
    "if service_err.is_gone_exception() {",
    'case "$disconnect": return await HandleDisconnect(request);',
    "@app.on_ws_disconnect()",
    "* Handles the $connect route: stores the connection's id",
    "\N{CHECK MARK} should delete the connection on GoneException (14 ms)",
    "FAIL tests/test_connect.py::test_welcome_sent - AssertionError",
    "CREATE TABLE sockets (connection_id text, connected_at timestamptz, disconnected_at timestamptz)",
    "SELECT connection_id FROM sockets WHERE disconnected_at IS NULL",
    "AWS::ApiGatewayV2::Route DisconnectRoute CREATE_COMPLETE",
    "  $disconnect => handlers/disconnect.main",
    "Connection: close",
    '{"eventSource":"apigateway.amazonaws.com","eventName":"CreateRoute","requestParameters":{"routeKey":"$disconnect"}}',
    "Disconnected from user root 203.0.113.9 port 41022",
    "Google Calendar disconnected for user 7",
)
"""Servers that log connections of their own, code, tests, SQL, and what deploys a stack."""


def wrong(folder: Path, lines: Mapping[str, str]) -> list[str]:
    """Return the lines that say something else than they should, or of another connection."""
    rows = {row["message"]: row for row in statements(folder, map(event, lines))}
    answers = {line: (row["kinds"], row["connection_id"]) for line, row in rows.items()}
    return [
        f"{line!r}: {kinds} of {connection_id}, not {kind or 'nothing'}"
        for line, kind in lines.items()
        for kinds, connection_id in [answers.get(line, ([], None))]
        if kinds != ([kind] if kind else []) or (kind and ANN.rstrip("=") in line and connection_id != ANN)
    ]


def test_sentences(tmp_path: Path) -> None:
    """A sentence is understood by its kind, behind a logger's prefix and alone, and what is near to it is silent."""
    sentences = {text.format(id=ANN): kind for text, kind in PHRASES.items()}
    frames = ("{}\n", f"{TIME}\t{REQUEST}\tINFO\t{{}}\n")
    lines = {frame.format(text): kind for text, kind in sentences.items() for frame in frames}
    assert wrong(tmp_path, lines) == []


def test_records(tmp_path: Path) -> None:
    """Few words are enough where a field names the connection."""
    lines = {json.dumps({"level": "info", "time": TIME, **record}): kind for record, kind in RECORDS.values()}
    assert wrong(tmp_path, lines) == []


def test_frames(tmp_path: Path) -> None:
    """The frame of a logger is none of the words."""
    assert wrong(tmp_path, FRAMED) == []
    rows = statements(tmp_path, [event(line) for line in FRAMED if REQUEST in line])
    assert {row["request_id"] for row in rows} == {REQUEST}


def test_loggers(tmp_path: Path) -> None:
    """A sentence says the same, and a user's words say nothing, whatever a logger puts before it."""
    ends = ("{}", "{}\n")
    lines = {
        end.format(frame.format(text.format(id=ANN))): kind
        for text, kind in LOGGED.items()
        for frame in LOGGERS
        for end in ends
    }
    assert wrong(tmp_path, lines) == []


def test_labels(tmp_path: Path) -> None:
    """What stands behind a label, or in quotation marks behind a verb of speaking, is a user's: at most a message."""
    lines = [label.format(text.format(id=ANN)) for label in LABELS for text in TYPED]
    rows = statements(tmp_path, map(event, lines))
    assert [(row["message"], row["kinds"]) for row in rows if not set(row["kinds"]) <= {"message"}] == []


def test_places(tmp_path: Path) -> None:
    """Behind what may be a place to talk, or a part of the service, stands a user's text that names no connection."""
    typed = ("connection is gone", "Client connected", "welcome message sent", "GoneException")
    lines = [place.format(text) for place in PLACES for text in typed]
    assert wrong(tmp_path, dict.fromkeys(lines, "")) == []


def test_other_ids(tmp_path: Path) -> None:
    """An id of another shape is found behind a word that says whose it is; a number alone is none."""
    rows = statements(tmp_path, map(event, OTHER_IDS))
    assert {row["message"]: row["connection_id"] for row in rows} == OTHER_IDS
    assert all(row["kinds"] for row in rows)


def test_other_logs(tmp_path: Path) -> None:
    """What databases and other services log of their connections says nothing, nor does code."""
    rows = statements(tmp_path, map(event, OTHER_LOGS))
    assert [row["message"] for row in rows if row["kinds"]] == []
