# ruff: noqa: RUF001 -- Russian is written in letters that look like others
"""Words of other languages mean the same as in English, and services that a function connects to are not clients."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.analysis.playing import ANN, REQUEST, event, statements

TIME: Final = "2026-06-02T08:30:00.125Z"

LANGUAGES: Final[Mapping[str, Mapping[str, str]]] = {
    "Spanish": {
        "Cliente conectado: {id}": "connect",
        "Se ha conectado el usuario ada ({id})": "connect",
        "Nueva conexión abierta: {id}": "connect",
        "Cliente {id} desconectado": "disconnect",
        "Conexión {id} cerrada": "disconnect",
        "Mensaje recibido de {id}": "message",
        "Se recibió un mensaje de {id}": "message",
        "Mensaje del cliente {id}": "message",
        "La conexión {id} ya no existe": "gone",
        "Fallo al enviar a {id}: GoneException: UnknownError": "gone",
        "Mensaje de bienvenida enviado a {id}": "welcome_sent",
        "Error al enviar el mensaje de bienvenida a {id}: timeout": "welcome_failed",
        "Error al enviar a {id}: código de error 410": "gone",
        "La conexión {id} ya no es válida": "gone",
        "El token de {id} ya no es válido": "",
        "Conexión obsoleta encontrada: {id}": "gone",
        "Eliminando conexión obsoleta {id}": "",
        "Conexión obsoleta eliminada: {id}": "",
        "Desconectando connectionId: {id}": "disconnect",
        "Desconectando clientes inactivos, {id} entre ellos": "",
        "Cliente desconectado, eliminando conexión {id}": "disconnect",
        "Mensaje recibido de {id}, contenido: status 410?": "message",
        "Código de sala 410 para {id}": "",
        "Mensaje enviado a {id}": "",
        "Conectado a la base de datos": "",
        "Ningún jugador conectado": "",
        "Mensaje recibido de la cola": "",
    },
    "Portuguese": {
        "Novo cliente conectado: {id}": "connect",
        "Nenhum jogador conectado": "",
        "Mensagem recebida da fila": "",
        "Conexão estabelecida com {id}": "connect",
        "Cliente {id} desconectou-se": "disconnect",
        "Desconectando usuário: {id}": "disconnect",
        "Conexão {id} encerrada": "disconnect",
        "Mensagem recebida de {id}": "message",
        "Mensagem do cliente {id}": "message",
        "A conexão {id} não existe mais": "gone",
        "Mensagem de boas-vindas enviada para {id}": "welcome_sent",
        "Falha ao enviar a mensagem de boas-vindas para {id}": "welcome_failed",
        "Conexão {id} não é mais válida": "gone",
        "Conexão morta detectada: {id}": "gone",
        "Limpando conexão morta {id}": "",
        "Erro ao enviar para {id}: código 410": "gone",
        "Conteúdo do evento: {{'requestContext': {{'eventType': 'CONNECT', 'connectionId': '{id}'}}}}": "connect",
        "Mensagem enviada para {id}": "",
        "Conectado ao banco de dados": "",
    },
    "French": {
        "Client connecté : {id}": "connect",
        "Nouvelle connexion {id}": "connect",
        "Client déconnecté : {id}": "disconnect",
        "Connexion {id} fermée": "disconnect",
        "Message reçu de {id}": "message",
        "Message du client {id}": "message",
        "Connexion perdue avec {id}": "disconnect",
        "La connexion {id} n'existe plus": "gone",
        "Message de bienvenue envoyé à {id}": "welcome_sent",
        "Échec de l'envoi du message de bienvenue à {id}": "welcome_failed",
        "Envoi du message de bienvenue échoué : {id}": "welcome_failed",
        "Envoi à {id} impossible (statut 410)": "gone",
        "Connexion obsolète : {id}": "gone",
        "Nettoyage de la connexion obsolète {id}": "",
        "Message reçu de {id}, contenu : status 410 ?": "message",
        "Message envoyé à {id}": "",
        "Connecté à la base de données": "",
    },
    "German": {
        "Client verbunden: {id}": "connect",
        "Neue Verbindung {id} hergestellt": "connect",
        "Client getrennt: {id}": "disconnect",
        "Verbindung {id} geschlossen": "disconnect",
        "Nachricht von {id} empfangen": "message",
        "Verbindung {id} existiert nicht mehr": "gone",
        "Willkommensnachricht an {id} gesendet": "welcome_sent",
        "Willkommensnachricht an {id} konnte nicht gesendet werden": "welcome_failed",
        "Verbindung {id} ist nicht mehr gültig": "gone",
        "Fehlercode 410 für {id}": "gone",
        "Token von {id} ist nicht mehr gültig": "",
        "Tote Verbindung gefunden: {id}": "gone",
        "Entferne veraltete Verbindung {id}": "",
        "Veraltete Verbindung {id} wurde gelöscht": "",
        "Nachricht an {id} gesendet": "",
        "Datenbankverbindung hergestellt": "",
    },
    "Italian": {
        "Nuova connessione: {id}": "connect",
        "Il client {id} si è connesso": "connect",
        "Cliente {id} disconnesso": "disconnect",
        "Connessione {id} chiusa": "disconnect",
        "Messaggio ricevuto da {id}": "message",
        "La connessione {id} non esiste più": "gone",
        "Messaggio di benvenuto inviato a {id}": "welcome_sent",
        "Invio fallito del messaggio di benvenuto a {id}": "welcome_failed",
        "Connessione {id} non più attiva, rimossa": "gone",
        "Connessione obsoleta: {id}": "gone",
        "Rimozione della connessione obsoleta {id}": "",
        "Invio a {id} fallito, codice 410": "gone",
        "Messaggio inviato a {id}": "",
        "Nessun utente connesso": "",
    },
    "Dutch": {
        "Nieuwe verbinding: {id}": "connect",
        "Gebruiker verbonden: {id}": "connect",
        "Verbinding {id} gesloten": "disconnect",
        "Verbinding verbroken: {id}": "disconnect",
        "Bericht ontvangen van {id}": "message",
        "Verbinding {id} bestaat niet meer": "gone",
        "Welkomstbericht verzonden naar {id}": "welcome_sent",
        "Versturen mislukt van welkomstbericht naar {id}": "welcome_failed",
        "Inkomend bericht connectionId={id}": "message",
        "Welkomstbericht afgeleverd: {id}": "welcome_sent",
        "Welkomstbericht naar {id} kon niet worden verzonden": "welcome_failed",
        "Welkomstbericht naar {id} wordt opnieuw verzonden": "welcome_retry",
        "Verbinding {id} is niet langer geldig": "gone",
        "Bericht verzonden naar {id}": "",
    },
    "Swedish": {
        "Ny anslutning: {id}": "connect",
        "Klienten ansluten: {id}": "connect",
        "Klienten frånkopplad: {id}": "disconnect",
        "Meddelande mottaget från {id}": "message",
        "Anslutningen {id} finns inte längre": "gone",
        "Välkomstmeddelande skickat till {id}": "welcome_sent",
        "Kunde inte skicka välkomstmeddelandet till {id}": "welcome_failed",
        "Anslutning upprättad: {id}": "connect",
        "Anslutningen {id} stängdes": "disconnect",
        "Skickar välkomstmeddelandet till {id} igen": "welcome_retry",
        "Anslutningen {id} är inte längre giltig": "gone",
        "Meddelande skickat till {id}": "",
    },
    "Polish": {
        "Nowe połączenie {id}": "connect",
        "Klient połączony: {id}": "connect",
        "Klient rozłączony: {id}": "disconnect",
        "Klient się rozłączył: {id}": "disconnect",
        "Gracz się połączył: {id}": "connect",
        "Połączenie zakończone: {id}": "disconnect",
        "Odebrano wiadomość od {id}": "message",
        "Połączenie {id} już nie istnieje": "gone",
        "Wysłano wiadomość powitalną do {id}": "welcome_sent",
        "Nie udało się wysłać wiadomości powitalnej do {id}": "welcome_failed",
        "Połączenie {id} zamknięte": "disconnect",
        "Ponawiam wysyłkę wiadomości powitalnej do {id}": "welcome_retry",
        "Połączenie {id} nie jest już ważne": "gone",
        "Błąd wysyłania do {id}: kod 410": "gone",
        "Wysłano wiadomość do {id}": "",
    },
    "Turkish": {
        "Yeni bağlantı: {id}": "connect",
        "İstemci bağlandı: {id}": "connect",
        "Bağlantı kapandı: {id}": "disconnect",
        "Mesaj alındı: {id}": "message",
        "Bağlantı artık yok: {id}": "gone",
        "Hoş geldin mesajı gönderildi: {id}": "welcome_sent",
        "Bağlantı {id} kapatıldı": "disconnect",
        "Bağlantı {id} artık geçerli değil": "gone",
        "Gönderme hatası {id}, durum kodu 410": "gone",
        "Mesaj alındı: {id}, içerik: status 410?": "message",
        "Mesaj gönderildi: {id}": "",
    },
    "Russian": {
        "Новое подключение: {id}": "connect",
        "Пользователь подключился: {id}": "connect",
        "Пользователь отключился: {id}": "disconnect",
        "Соединение закрыто: {id}": "disconnect",
        "Получено сообщение от {id}": "message",
        "Соединение {id} больше не существует": "gone",
        "Клиент {id} уже отключён": "gone",
        "Обнаружено устаревшее соединение {id}": "gone",
        "Удаляем устаревшее соединение {id}": "",
        "Приветственное сообщение отправлено {id}": "welcome_sent",
        "Не удалось отправить приветствие {id}": "welcome_failed",
        "Соединение {id} закрыто": "disconnect",
        "Подключение {id} закрыто": "disconnect",
        "Подключение установлено: {id}": "connect",
        "Повторная отправка приветственного сообщения {id}": "welcome_retry",
        "Подключено к базе данных": "",
        "Ошибка отправки {id}: код ответа 410": "gone",
        "Получено сообщение от {id}, текст: status 410?": "message",
        "Сообщение отправлено {id}": "",
    },
    "Japanese": {
        "プレイヤー接続: {id}": "connect",
        "デバイス切断: {id}": "disconnect",
        "クライアントが接続しました: {id}": "connect",
        "新しい接続 {id}": "connect",
        "接続が切断されました: {id}": "disconnect",
        "接続終了 {id}": "disconnect",
        "接続を終了しました: {id}": "disconnect",
        "{id} からメッセージを受信しました": "message",
        "接続 {id} は存在しません": "gone",
        "ウェルカムメッセージを送信しました: {id}": "welcome_sent",
        "ウェルカムメッセージの送信に失敗しました: {id}": "welcome_failed",
        "{id} への送信に失敗 ステータス 410": "gone",
        "エラー内容: {id} GoneException: UnknownError": "gone",
        "イベント内容: {{'requestContext': {{'eventType': 'CONNECT', 'connectionId': '{id}'}}}}": "connect",
        "ルーム 410 に {id} が参加": "",
        "メッセージを送信しました: {id}": "",
        "キューからメッセージを受信しました": "",
        "データベースに接続しました": "",
    },
    "Korean": {
        "클라이언트가 연결되었습니다: {id}": "connect",
        "새 연결: {id}": "connect",
        "웹소켓 연결: {id}": "connect",
        "클라이언트 연결 해제: {id}": "disconnect",
        "연결이 종료되었습니다: {id}": "disconnect",
        "클라이언트가 연결을 끊었습니다: {id}": "disconnect",
        "메시지 수신: {id}": "message",
        "연결 {id} 이 더 이상 존재하지 않습니다": "gone",
        "연결 {id} 더 이상 없음": "gone",
        "연결 없음": "",
        "활성화된 연결이 없습니다": "",
        "연결 정보 없음: {id}": "",
        "환영 메시지 전송 완료: {id}": "welcome_sent",
        "환영 메시지 전송 실패: {id}": "welcome_failed",
        "환영 메시지를 보냈습니다: {id}": "welcome_sent",
        "{id} 에게 환영 메시지를 보내지 못했습니다": "welcome_failed",
        "전송 실패 {id} (상태 코드 410)": "gone",
        "전송 실패 {id} 오류 내용: GoneException: UnknownError": "gone",
        "메시지 수신: {id}, 내용: status 410?": "message",
        "메시지 전송 완료: {id}": "",
        "연결된 사용자가 없습니다": "",
        "큐에서 메시지 수신": "",
        "데이터베이스 연결 성공": "",
    },
    "Chinese": {
        "客户端已连接: {id}": "connect",
        "連線已建立: {id}": "connect",
        "收到连接请求: {id}": "connect",
        "拒绝连接请求: {id}": "",
        "客户端断开连接: {id}": "disconnect",
        "連線已中斷: {id}": "disconnect",
        "收到消息: {id}": "message",
        "连接 {id} 已不存在": "gone",
        "玩家 {id} 建立了 WebSocket 连接": "connect",
        "玩家连接: {id}": "connect",
        "新设备连接: {id}": "connect",
        "访客断开连接: {id}": "disconnect",
        "没有已连接的用户": "",
        "未收到消息": "",
        "从队列收到消息": "",
        "已发送欢迎消息: {id}": "welcome_sent",
        "发送失败 {id}: GoneException: UnknownError": "gone",
        "推送失败 {id}, 状态码 410": "gone",
        "推送失败 {id} 错误内容: GoneException: UnknownError": "gone",
        "客户端异常断开: {id}": "disconnect",
        "发现失效连接: {id}": "gone",
        "失效连接 {id} 已被清理": "",
        "连接已断开, 清理无效连接: {id}": "",
        "收到客户端消息 {id}, 内容: status 410?": "message",
        "消息已发送: {id}": "",
        "数据库连接成功": "",
    },
    "Indonesian": {
        "Koneksi baru: {id}": "connect",
        "Koneksi WebSocket baru: {id}": "connect",
        "Klien terhubung: {id}": "connect",
        "Pengguna {id} tersambung": "connect",
        "Koneksi dibuka {id}": "connect",
        "Koneksi terputus: {id}": "disconnect",
        "Koneksi {id} ditutup": "disconnect",
        "Klien {id} terputus": "disconnect",
        "Pesan diterima dari {id}": "message",
        "Pesan dari {id}": "message",
        "Menerima pesan dari {id}, isi: status 410?": "message",
        "Koneksi {id} sudah tidak aktif, dihapus": "gone",
        "Koneksi {id} tidak ada lagi": "gone",
        "Gagal mengirim pesan ke {id}: kode 410": "gone",
        "Pesan sambutan terkirim ke {id}": "welcome_sent",
        "Gagal mengirim pesan selamat datang ke {id}": "welcome_failed",
        "Pesan terkirim ke {id}": "",
        "Tidak ada koneksi": "",
        "Saat ini tidak ada klien terhubung": "",
        "Koneksi dihapus: {id}": "",
        "Belum ada pengguna terhubung": "",
        "Terhubung ke basis data": "",
        "Koneksi database ditutup": "",
    },
    "Vietnamese": {
        "Người chơi đã kết nối: {id}": "connect",
        "Kết nối mới {id}": "connect",
        "Người chơi {id} đã ngắt kết nối": "disconnect",
        "Nhận tin nhắn từ {id}": "message",
        "Kết nối {id} không còn tồn tại": "gone",
        "Không thể gửi được tới {id}: GoneException": "gone",
        "Kết nối {id} không còn hợp lệ": "gone",
        "Nhận tin nhắn từ {id}, nội dung: status 410?": "message",
        "Đã gửi lời chào mừng tới {id}": "welcome_sent",
        "Lỗi kết nối tới Redis": "",
        "Kết nối cơ sở dữ liệu thành công": "",
        "Tin nhắn từ {id}": "message",
        "Kết nối {id} đã bị đóng": "disconnect",
        "Kết nối đã đóng: {id}": "disconnect",
        "Đã thiết lập kết nối: {id}": "connect",
        "Đã lưu kết nối {id}": "",
        "Đã xóa thông tin kết nối {id}": "",
    },
}
"""What applications say of a connection, and the signal in it; empty for none."""

SERVICES: Final = (
    "Connected to RDS Proxy",
    "Connected to Valkey at cache.internal:6379",
    "connected to nats://10.0.0.3:4222",
    "Connected to SFTP server files.example.net",
    "Connection to the SQS queue established",
    "Successfully connected to the cluster",
    "Client disconnected from RDS Proxy",
    "LDAP connection closed",
    "RabbitMQ channel opened",
    "Broker connection lost",
    "OpenAI realtime websocket connected",
    "WebSocket connection to wss://stream.example.com established",
    "ws client: connected to wss://speech.example.net/v1",
    "Connected to wss://quotes.example.net:9443/ws/eurusd@trade",
    "Disconnected from wss://quotes.example.net:9443/ws/eurusd@trade (1006)",
    "Transcription client connected",
    "Connection has been established successfully.",
    "Kinesis consumer connected",
    "ioredis connection is gone",
    "SFTP server session closed",
    "market data feed WebSocket opened",
    "user service connected",
    "Message received from the backend",
    '{"clientId":"lamp-7","eventType":"connected","sessionIdentifier":"81c6d2f4","principalIdentifier":"9f1a","versionNumber":3}',
    '{"clientId":"lamp-7","eventType":"disconnected","disconnectReason":"MQTT_KEEP_ALIVE_TIMEOUT","principalIdentifier":"9f1a"}',
    '{"clientId":"lamp-7","eventType":"disconnected","clientInitiatedDisconnect":true,"versionNumber":3}',
    '{"logType":"RequestSummary","graphQLAPIId":"k2v9x0","eventType":"connect","statusCode":200}',
)
"""What a function connects to itself, and presence at services beside API Gateway."""

NOT_SERVICES: Final = {
    "connected!": "connect",
    "A client connected": "connect",
    "User ada disconnected": "disconnect",
    "WebSocket connected": "connect",
    "Connect event received": "connect",
    "Connection {id} opened, kept in Redis": "connect",
    "Player {id} connected to the lobby": "connect",
}
"""Lines near to those: the words or the id tell that they are about clients."""


def said(text: str) -> Iterable[str]:
    """Return a text in the frames of three loggers."""
    yield f"[INFO]\t{TIME}\t{REQUEST}\t{text}\n"
    yield f"{text}\n"
    yield json.dumps({"level": "info", "time": TIME, "msg": text}, ensure_ascii=False)


def wrong(folder: Path, sentences: Mapping[str, str]) -> list[str]:
    """Return the lines with another meaning than they should have, or another connection."""
    lines = {line: kind for text, kind in sentences.items() for line in said(text.format(id=ANN))}
    rows = {row["message"]: row for row in statements(folder, map(event, lines))}
    answers = {
        line: (rows[line]["kinds"], rows[line]["connection_id"]) if line in rows else ([], None) for line in lines
    }
    return [
        f"{line!r}: {kinds} of {connection_id}, not {kind or 'nothing'}"
        for (line, kind), (kinds, connection_id) in zip(lines.items(), answers.values(), strict=True)
        if kinds != ([kind] if kind else []) or (kind and ANN in line and connection_id != ANN)
    ]


@pytest.mark.parametrize("languages", [list(LANGUAGES)[::2], list(LANGUAGES)[1::2]])
def test_other_languages(tmp_path: Path, languages: list[str]) -> None:
    """In any frame, the words for connected, gone, received and the like are understood, and the id is found."""
    sentences = {text: kind for language in languages for text, kind in LANGUAGES[language].items()}
    assert wrong(tmp_path, sentences) == []


def test_services_are_no_clients(tmp_path: Path) -> None:
    """Neither known services nor others that are connected to are: without an id, a word for a client is needed."""
    messages = [line if line.startswith("{") else f"{TIME}\t{REQUEST}\tINFO\t{line}\n" for line in SERVICES]
    assert [row["message"] for row in statements(tmp_path, map(event, messages)) if row["kinds"]] == []


def test_clients_are_told_from_services(tmp_path: Path) -> None:
    """A word for a client, API Gateway's own words, an id, or the lack of other words identifies a client."""
    assert wrong(tmp_path, NOT_SERVICES) == []
