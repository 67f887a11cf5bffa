-- Words that the grammar needs in lists: those of other languages, and the names of services that are no clients.
-- Reads nothing; makes the table vocabulary of one row, which 16_patterns.sql reads.
-- A pattern (RE2) stands within a group and ignores case. Words in Latin letters begin with \b, and end without it where their last
-- letter may bear an accent; Japanese, Korean and Chinese have no spaces to rely on. The longest stand first where one begins another.

-- ------------------------------------------------------------------------------------------ other languages

-- A line that holds one of these words is put into English before it is judged, meaning by meaning: see in_english().
CREATE OR REPLACE TABLE foreign_vocabulary AS
FROM (VALUES
    -- Spanish
    ('es', 'no', '\bning[úu]n[ao]?\b'),
    ('es', 'from the queue', '\bde la cola\b'),
    ('es', 'welcome message', '\bmensajes? de bienvenida|\bbienvenid[ao]s?'),
    ('es', 'no longer exists', '\bya no (?:existe|est[áa] (?:disponible|conectad[oa]|activ[oa]))|\bha desaparecido|\binexistente'),
    ('es', 'connection lost', '\bconexi[óo]n (?:se ha )?perdi(?:da|do)'),
    ('es', 'failed to send', '\b(?:error|fallo|falla) al (?:enviar|mandar)|\bfall[óo] (?:el env[íi]o|al enviar)'
        '|\bno se (?:pudo|ha podido) (?:enviar|entregar)'),
    ('es', 'error', '\bfallo|\bfall[óo]\b|\bno se (?:pudo|ha podido)'),
    ('es', 'rejected', '\brechazad[oa]s?|\bdenegad[oa]s?'),
    ('es', 'retrying', '\breintentando|\breintento'),
    ('es', 'message received', '\b(?:acci[óo]n|petici[óo]n|solicitud|comando) recibid[ao]'
        '|\b(?:se )?(?:ha )?recibi(?:[óo]|do|endo) (?:un )?(?:nuevo )?mensaje'),
    ('es', 'message from', '\bmensajes? del? (?:cliente|usuario|la conexi[óo]n)'),
    ('es', 'message', '\bmensajes?\b'),
    ('es', 'received', '\brecibid[oa]s?\b|\bentrante'),
    ('es', 'disconnected', '\b(?:se ha |se )?desconectad[oa]s?\b|\bdesconexi[óo]n|\b(?:se )?desconect[óo]'),
    ('es', 'connected', '\b(?:se ha |se )?conectad[oa]s?\b|\b(?:se )?conect[óo]'),
    ('es', 'connection closed', '\bse (?:ha )?cerr(?:[óo]|ado) la conexi[óo]n|\b(?:cierre|fin) de (?:la )?conexi[óo]n'),
    ('es', 'new connection', '\bapertura de (?:la )?conexi[óo]n'),
    ('es', 'new', '\bnuev[oa]s?\b'),
    ('es', 'connection', '\bconexi[óo]n(?:es)?'),
    ('es', 'was', '\b(?:ha|han) sido\b|\bfue(?:ron)?\b'),
    ('es', 'established', '\bestablecid[ao]s?\b|\babiert[ao]s?\b|\baceptad[ao]s?\b|\biniciad[ao]s?\b'),
    ('es', 'closed', '\bcerrad[ao]s?\b|\bfinalizad[ao]s?\b|\bterminad[ao]s?\b'),
    ('es', 'client', '\bclientes?\b'),
    ('es', 'user', '\busuari[oa]s?\b'),
    ('es', 'database', '\bbases? de datos'),
    ('es', 'sent', '\benviad[ao]s?\b|\bentregad[ao]s?\b'),
    ('es', 'sending', '\benviando|\bdifundiendo|\bentregando'),
    ('es', 'saved', '\bguardad[ao]s?\b|\bguardando|\bregistrad[ao]s?\b'),
    ('es', 'deleted', '\beliminad[ao]s?\b|\beliminando|\bborrad[ao]s?\b|\bborrando'),
    -- Portuguese
    ('pt', 'no', '\bnenhuma?\b'),
    ('pt', 'from the queue', '\bda fila\b'),
    ('pt', 'welcome message', '\bmensage(?:m|ns) de boas[- ]vindas|\bboas[- ]vindas|\bbem[- ]vind[oa]s?'),
    ('pt', 'no longer exists', '\bn[ãa]o (?:existe|est[áa] (?:mais )?(?:dispon[íi]vel|conectad[oa]|ativ[oa])) mais'
        '|\bn[ãa]o est[áa] mais (?:dispon[íi]vel|conectad[oa]|ativ[oa])|\bj[áa] n[ãa]o existe'),
    ('pt', 'failed to send', '\b(?:erro|falha) ao enviar|\bfalha no envio|\bn[ãa]o foi poss[íi]vel enviar'),
    ('pt', 'error', '\berros?\b|\bfalhas?\b|\bfalhou'),
    ('pt', 'rejected', '\brejeitad[oa]s?|\brecusad[oa]s?|\bnegad[oa]s?'),
    ('pt', 'retrying', '\btentando novamente'),
    ('pt', 'message received', '\b(?:a[çc][ãa]o|requisi[çc][ãa]o|comando) recebid[ao]|\brecebendo (?:uma )?(?:nova )?mensagem'),
    ('pt', 'message from', '\bmensage(?:m|ns) d[oa] (?:cliente|usu[áa]rio|conex[ãa]o)'),
    ('pt', 'message', '\bmensage(?:m|ns)\b'),
    ('pt', 'received', '\brecebid[oa]s?\b'),
    ('pt', 'disconnected', '\bdesconectou(?:-se)?|\bdesconex[ãa]o|\bse desconectou'),
    ('pt', 'connected', '\b(?:se )?conectou(?:-se)?'),
    ('pt', 'connection closed', '\b(?:encerramento|fechamento|fim) d[ae] (?:uma )?conex[ãa]o'),
    ('pt', 'new connection', '\babertura d[ae] (?:uma )?conex[ãa]o'),
    ('pt', 'new', '\bnov[oa]s?\b'),
    ('pt', 'connection', '\bconex(?:[ãa]o|[õo]es)|\bliga[çc][ãa]o\b'),
    ('pt', 'was', '\bfo(?:i|ram)\b'),
    ('pt', 'established', '\bestabelecid[ao]s?\b|\babert[ao]s?\b|\baceit[ao]s?\b'),
    ('pt', 'closed', '\bencerrad[ao]s?\b|\bfechad[ao]s?\b|\bperdid[ao]s?\b'),
    ('pt', 'user', '\busu[áa]ri[oa]s?'),
    ('pt', 'database', '\bbancos? de dados'),
    ('pt', 'saved', '\bsalv[ao]s?\b|\bsalvando'),
    ('pt', 'deleted', '\bremovid[ao]s?\b|\bremovendo|\bexclu[íi]d[ao]s?'),
    -- French
    ('fr', 'welcome message', '\bmessages? de bienvenue|\bbienvenue'),
    ('fr', 'no longer exists', '\bn[''’]existe plus|\bn[''’]est plus (?:disponible|connect[ée]e?|active?|valide)'
        '|\bintrouvable|\ba disparu'),
    ('fr', 'failed to send', '\b(?:erreur|[ée]chec) (?:lors )?de l[''’]envoi|(?:é|É|e)chec de l[''’]envoi|\bimpossible d[''’]envoyer'),
    ('fr', 'error', '\berreurs?\b|(?:é|É)chec|(?:é|É|\be)chou(?:é|ée)|\bimpossible de'),
    ('fr', 'rejected', '\brefusé(?:e?s?)|\brejet[ée]+s?'),
    ('fr', 'retrying', '\bnouvelle tentative'),
    ('fr', 'message from', '\bmessages? (?:du client|de la connexion|de l[''’]utilisateur)'),
    ('fr', 'connection lost', '\bconnexion perdue'),
    ('fr', 'connection closed', '\b(?:fermeture|fin) de (?:la )?connexion'),
    ('fr', 'new connection', '\bouverture (?:de (?:la )?|d[''’]une )(?:nouvelle )?connexion'),
    ('fr', 'message received', '\b(?:action|requ[êe]te|commande) re[çc]ue|\br[ée]ception (?:d[''’]un |du |de )(?:nouveau )?message'),
    ('fr', 'received', '\bre[çc]u(?:e|s|es)?\b|\bentrante?\b'),
    ('fr', 'disconnected', '\bd[ée]connect[ée]+s?|\bd[ée]connexion|\bs[''’]est d[ée]connect[ée]+'),
    ('fr', 'connected', '\bs[''’]est connect[ée]+|\bconnect(?:é|ée|és|ées)'),
    ('fr', 'new', '\bnouve(?:au|lle)s?\b'),
    ('fr', 'connection', '\bconnexions?\b'),
    ('fr', 'was', '\ba (?:é|e)t(?:é|e)'),
    ('fr', 'established', '(?:é|É)tablie?s?\b|\bd[ée]marr[ée]+s?|\binitié(?:e?s?)|\bouverte?s?\b|\baccepté(?:e?s?)'),
    ('fr', 'closed', '\bferm[ée]+s?|\btermin[ée]+s?'),
    ('fr', 'user', '\butilisat(?:eur|rice)s?\b'),
    ('fr', 'database', '\bbases? de donn[ée]es'),
    ('fr', 'sent', '\benvoy[ée]+s?|\btransmis(?:e|es)?\b'),
    ('fr', 'sending', '\benvoi\b'),
    ('fr', 'saved', '\benregistr[ée]+s?|\bsauvegard[ée]+s?'),
    ('fr', 'deleted', '\bsupprim[ée]+s?|\bsuppression'),
    -- German
    ('de', 'welcome message', '\bwillkommens(?:nachricht|meldung)(?:en)?|\bbegr(?:ü|ue)(?:ß|ss)ung(?:snachricht)?'),
    ('de', 'no longer exists', '\bexistiert nicht mehr'
        '|\b(?:ist )?nicht mehr (?:vorhanden|verf(?:ü|ue)gbar|verbunden|erreichbar|aktiv)|\bgibt es nicht mehr'
        '|\bist (?:weg|tot)\b'),
    ('de', 'failed to send', '\bfehler beim (?:senden|versenden|verschicken|zustellen)'
        '|\b(?:konnte|kann) nicht (?:gesendet|zugestellt|verschickt) werden|\bsenden fehlgeschlagen'),
    ('de', 'error', '\bfehler\b|\bfehlgeschlagen|\b(?:konnte|kann) nicht'),
    ('de', 'rejected', '\babgelehnt|\bverweigert|\bzur(?:ü|ue)ckgewiesen'),
    ('de', 'retrying', '\bwird (?:erneut (?:gesendet|versucht|zugestellt)|wiederholt)|\bneuer versuch'
        '|\berneut(?:er)? versuch(?:t\b)?|\bversuche (?:es )?erneut'),
    ('de', 'message received', '\b(?:aktion|anfrage|befehl) (?:empfangen|erhalten)'),
    ('de', 'message from', '\bnachricht(?:en)? von'),
    ('de', 'message', '\bnachricht(?:en)?\b'),
    ('de', 'received', '\beingehende[rns]?\b|\bempfangen|\berhalten\b|\beingegangen'),
    ('de', 'connection closed', '\bverbindungs(?:abbruch|ende|abbau)'),
    ('de', 'disconnected', '\b(?:hat sich )?abgemeldet|\bgetrennt\b'),
    ('de', 'connected', '\b(?:hat sich )?verbunden\b'),
    ('de', 'database connection', '\bdatenbankverbindung(?:en)?'),
    ('de', 'new connection', '\bverbindungsaufbau'),
    ('de', 'new', '\bneue[rsn]?\b'),
    ('de', 'connection', '\b(?:(?:web ?socket|ws|client)-)?verbindung(?:en)?\b'),
    ('de', 'was', '\bwurden?\b|\bworden\b'),
    ('de', 'established', '\bhergestellt|\bgestartet|\baufgebaut|\bge(?:ö|oe)ffnet|\bangenommen'),
    ('de', 'closed', '\bgeschlossen|\bbeendet|\bverloren|\babgebrochen'),
    ('de', 'user', '\b(?:be)?nutzer(?:in)?\b'),
    ('de', 'database', '\bdatenbank(?:en)?\b'),
    ('de', 'sent', '\bgesendet|\bverschickt|\bzugestellt'),
    ('de', 'sending', '\bsende\b|\bversende\b'),
    ('de', 'saved', '\bgespeichert'),
    ('de', 'deleted', '\bgel(?:ö|oe)scht|\bentfernt'),
    -- Italian
    ('it', 'no', '\bnessun[ao]?\b'),
    ('it', 'welcome message', '\bmessaggio di benvenuto|\bbenvenut[oaie]\b'),
    ('it', 'no longer exists', '\bnon (?:esiste|è) pi[ùu](?: (?:disponibile|conness[oa]|attiv[oa]|valid[oa]))?'),
    ('it', 'connection lost', '\bconnessione persa'),
    ('it', 'failed to send', '\b(?:errore (?:durante|di|nell[''’])|impossibile) ?(?:l[''’])?invi(?:o|are)'
        '|\binvio (?:non riuscito|fallito)'),
    ('it', 'error', '\berror[ei]\b|\bfallit[oa]\b|\bimpossibile\b'),
    ('it', 'rejected', '\brifiutat[oa]'),
    ('it', 'retrying', '\bnuovo tentativo'),
    ('it', 'message received', '\bricevuto (?:un )?(?:nuovo )?messaggio'),
    ('it', 'message from', '\bmessaggio (?:da|dal client|dall[''’]utente)\b'),
    ('it', 'message', '\bmessaggi(?:o\b|\b)'),
    ('it', 'received', '\bricevut[oaie]\b'),
    ('it', 'disconnected', '\b(?:si è )?(?:disconness|scollegat)[oaie]\b|\bdisconnessione'),
    ('it', 'connected', '\b(?:si è )?(?:conness|collegat)[oaie]\b'),
    ('it', 'connection closed', '\b(?:chiusura|fine) (?:della )?connessione'),
    ('it', 'new', '\bnuov[oaie]\b'),
    ('it', 'connection', '\bconnession[ei]\b'),
    ('it', 'established', '\bstabilit[oa]\b|\bapert[oa]\b|\baccettat[oa]\b'),
    ('it', 'closed', '\bchius[oa]\b|\bterminat[oa]\b|\binterrott[oa]\b'),
    ('it', 'user', '\butent[ei]\b'),
    ('it', 'sent', '\binviat[oaie]\b|\bconsegnat[oa]\b'),
    ('it', 'sending', '\binviando\b|\binvio\b'),
    ('it', 'saved', '\bsalvat[oa]\b'),
    ('it', 'deleted', '\beliminat[oa]\b|\brimoss[oa]\b|\bcancellat[oa]\b'),
    -- Dutch
    ('nl', 'no', '\bgeen\b'),
    ('nl', 'welcome message', '\bwelkom(?:stbericht(?:en)?)?\b'),
    ('nl', 'no longer exists', '\bbestaat niet (?:meer|langer)|\bis niet (?:meer|langer) (?:verbonden|beschikbaar|actief)'),
    ('nl', 'failed to send', '\b(?:fout bij (?:het )?|kon niet |kan niet )(?:worden )?(?:verzonden\b|verzenden'
        '|versturen|verzonden worden)|\bver(?:zenden|sturen) mislukt'),
    ('nl', 'error', '\bfout(?:en)?\b|\bmislukt\b'),
    ('nl', 'rejected', '\bgeweigerd|\bafgewezen'),
    ('nl', 'retrying', '\b(?:wordt )?opnieuw (?:proberen|verzonden|verstuurd)'),
    ('nl', 'message received', '\bbericht ontvangen'),
    ('nl', 'message from', '\bbericht van'),
    ('nl', 'message', '\bbericht(?:en)?\b'),
    ('nl', 'received', '\bontvangen\b|\b(?:inkomend|binnenkomend)e?\b'),
    ('nl', 'disconnected', '\bverbinding (?:is |werd )?(?:verbroken|verloren|gesloten|be(?:ë|e)indigd)|\bverbroken\b|\bafgemeld\b'),
    ('nl', 'connected', '\bverbonden\b|\baangemeld\b'),
    ('nl', 'new', '\bnieuwe?\b'),
    ('nl', 'connection', '\bverbinding(?:en)?\b'),
    ('nl', 'established', '\btot stand gebracht|\bgeopend\b|\bgestart\b'),
    ('nl', 'closed', '\bgesloten\b'),
    ('nl', 'user', '\bgebruikers?\b'),
    ('nl', 'sent', '\bver(?:zonden|stuurd)\b|\bafgeleverd\b'),
    ('nl', 'saved', '\bopgeslagen\b'),
    ('nl', 'deleted', '\bverwijderd\b'),
    -- Swedish
    ('sv', 'welcome message', '\bvälkomst?meddelande(?:t|n)?|\bvälkommen\b'),
    ('sv', 'no longer exists', '\bfinns inte längre|\b(?:är )?inte längre (?:ansluten|tillgänglig|aktiv)'),
    ('sv', 'failed to send', '\bkunde inte skicka|\bfel vid sändning'),
    ('sv', 'error', '\bmisslyckades\b'),
    ('sv', 'retrying', '\bigen\b'),
    ('sv', 'message received', '\bmeddelande mottaget|\b(?:mottog|tog emot) meddelande'),
    ('sv', 'message from', '\bmeddelande från'),
    ('sv', 'message', '\bmeddelande(?:t|n)?\b'),
    ('sv', 'received', '\bmottag(?:en|et)\b'),
    ('sv', 'disconnected', '\bfrånkopplad\b|\b(?:har )?kopplat? från\b|\bkopplade från\b'
        '|\banslutning(?:en)? (?:stängd(?:es)?|bruten|bröts|avslutad(?:es)?)'),
    ('sv', 'connected', '\bansluten\b|\banslöt\b|\buppkopplad\b'),
    ('sv', 'new connection', '\bny anslutning'),
    ('sv', 'connection', '\banslutning(?:en|ar)?\b'),
    ('sv', 'established', '\bupprätta(?:d|t|des)\b'),
    ('sv', 'closed', '\bstäng(?:d|t|des)\b'),
    ('sv', 'client', '\bklient(?:en)?\b'),
    ('sv', 'user', '\banvändaren?\b'),
    ('sv', 'sent', '\bskicka(?:t|d|des)\b'),
    ('sv', 'saved', '\bsparad\b'),
    ('sv', 'deleted', '\braderad\b|\bborttagen\b'),
    -- Polish
    ('pl', 'welcome message', '\b(?:wiadomość powitaln[ąa]|wiadomości powitalnej|powitani[ea]|powitaln[ay])'),
    ('pl', 'no longer exists', '\b(?:już )?nie istnieje(?: już)?|\b(?:już )?nie jest (?:już )?(?:dostępn|połączon|aktywn)[yae]'),
    ('pl', 'failed to send', '\bnie (?:udało się|można) wysłać|\bbłąd (?:podczas )?wysyłania'),
    ('pl', 'error', '\bbłąd|\bbłęd[uy]|\bnie udało się'),
    ('pl', 'retrying', '\bponawia(?:m|nie)\b'),
    ('pl', 'rejected', '\bodrzucono|\bodmowa'),
    ('pl', 'message received', '\b(?:otrzymano|odebrano) wiadomość'),
    ('pl', 'message from', '\bwiadomość od'),
    ('pl', 'message', '\bwiadomoś(?:ć|ci)'),
    ('pl', 'received', '\botrzymano|\bodebrano'),
    ('pl', 'disconnected', '\brozłącz(?:ono|ony|ona|ył się|yła się)'
        '|\bpołączenie (?:zostało )?(?:zamknięte|zakończone|zerwane|przerwane)|\bza(?:mknięto|kończono) połączenie'),
    ('pl', 'connected', '\bpołącz(?:ono|ony|ona|ył się|yła się)|\bpodłączon[yao]'),
    ('pl', 'new', '\bnow[eay]\b'),
    ('pl', 'connection', '\bpołącze(?:nie|nia|ń)'),
    ('pl', 'established', '\bnawiązan[eo]|\botwarte'),
    ('pl', 'closed', '\bza(?:mknięt|kończon)[eo]|\bzerwan[eo]'),
    ('pl', 'client', '\bklient(?:a|em)?\b'),
    ('pl', 'user', '\bużytkownik'),
    ('pl', 'sent', '\bwysłan[oaey]|\bwysłał[ao]?'),
    ('pl', 'saved', '\bzapisan[oaey]'),
    ('pl', 'deleted', '\busunięt[oaey]'),
    -- Turkish
    ('tr', 'welcome message', '\bhoş ?geldin(?:iz)?(?: mesajı)?|\bkarşılama mesajı'),
    ('tr', 'no longer exists', '\bartık (?:mevcut değil|yok|bağlı değil)'),
    ('tr', 'failed to send', '\bgönderilemedi|\bgönderme hatası'),
    ('tr', 'error', '\bhata(?:sı)?\b|\bbaşarısız'),
    ('tr', 'message received', '\bmesaj (?:alındı|geldi)'),
    ('tr', 'message', '\bmesajı?'),
    ('tr', 'disconnected', '\bbağlantı(?:sı)? (?:koptu|kesildi|kapandı|kapatıldı)|\bayrıldı'),
    ('tr', 'connected', '\bbağlandı|\bbağlantı(?:sı)? kuruldu'),
    ('tr', 'new', '\byeni\b'),
    ('tr', 'connection', '\bbağlantı(?:sı)?'),
    ('tr', 'closed', '\bkapatıldı|\bkapandı|\bkoptu'),
    ('tr', 'client', '\bistemci'),
    ('tr', 'user', '\bkullanıcı'),
    ('tr', 'sent', '\bgönderildi'),
    ('tr', 'saved', '\bkaydedildi'),
    ('tr', 'deleted', '\bsilindi'),
    -- Vietnamese
    ('vi', 'welcome message', '(?:lời|tin nhắn|thông điệp) chào(?: mừng)?'),
    ('vi', 'no longer exists', 'không còn (?:tồn tại|kết nối|khả dụng|hoạt động)'),
    ('vi', 'failed to send', 'không (?:thể )?gửi được|gửi (?:tin nhắn )?(?:thất bại|không thành công)|lỗi khi gửi'),
    ('vi', 'error', 'lỗi|thất bại'),
    ('vi', 'message received', '(?:đã )?nhận (?:được )?tin nhắn'),
    ('vi', 'message', 'tin nhắn'),
    ('vi', 'disconnected', '(?:đã |bị )?(?:ngắt|mất) kết nối'),
    ('vi', 'new connection', 'kết nối mới'),
    ('vi', 'connected', '(?:đã )?kết nối(?: thành công)?'),
    ('vi', 'client', 'máy khách|khách hàng'),
    ('vi', 'user', 'người dùng'),
    ('vi', 'database', 'cơ sở dữ liệu'),
    ('vi', 'sent', 'đã gửi'),
    -- Russian
    ('ru', 'welcome message', 'приветственн[а-я]+ сообщени[а-я]+|приветстви[а-я]+'),
    ('ru', 'no longer exists', '(?:больше|уже) не (?:существует|подключ[её]н[а-я]?|доступ[а-я]+|актив[а-я]+)'),
    ('ru', 'failed to send', 'не удалось отправить|ошибка (?:при )?отправк[а-я]'),
    ('ru', 'error', 'ошибк[а-я]|не удалось'),
    ('ru', 'retrying', 'повторн[а-я]+ (?:отправк[а-я]|попытк[а-я])'),
    ('ru', 'rejected', 'отклон[её]н[а-я]?|отказано'),
    ('ru', 'message received', '(?:получено|принято) (?:новое )?сообщение|сообщение получено'),
    ('ru', 'message from', 'сообщение от '),
    ('ru', 'message', 'сообщени[а-я]+'),
    ('ru', 'received', 'получен[а-я]?'),
    ('ru', 'disconnected', 'отключ(?:ил(?:ся|ась)|[её]н[а-я]?|ение)|соединение (?:закрыто|разорвано|потеряно|завершено)'),
    ('ru', 'connection closed', '(?:подключение|соединение) (?:закрыт|разорван|завершен|потерян)[а-я]?'),
    ('ru', 'new connection', '(?:подключение|соединение) установлено'),
    ('ru', 'database connection', 'подключено к базе данных'),
    ('ru', 'connected', 'подключ(?:ил(?:ся|ась)|[её]н[аоы]?(?:[^а-яё]|$))'),
    ('ru', 'connection', 'соединени[а-я]+|подключени[а-я]+'),
    ('ru', 'established', 'установлен[а-я]?'),
    ('ru', 'closed', 'закрыт[а-я]?|разорван[а-я]?'),
    ('ru', 'new', 'нов(?:ый|ое|ая)'),
    ('ru', 'client', 'клиент[а-я]*'),
    ('ru', 'user', 'пользовател[а-я]+'),
    ('ru', 'sent', 'отправлен[а-я]?'),
    ('ru', 'saved', 'сохран[её]н[а-я]?'),
    ('ru', 'deleted', 'удал[её]н[а-я]?'),
    -- Japanese
    ('ja', 'from the queue', 'キューから'),
    ('ja', 'welcome message', 'ウェルカムメッセージ|歓迎メッセージ|ようこそ'),
    ('ja', 'no longer exists', '(?:は|が)?(?:もう|既に|すでに)?(?:存在しません|存在しない|見つかりません|無効です)|(?:は|が)?(?:もう|既に|すでに)切断され'),
    ('ja', 'failed to send', '(?:の)?送信(?:に)?失敗(?:しました)?|(?:の)?送信エラー|送信できません'),
    ('ja', 'error', 'エラー|(?:に)?失敗(?:しました)?'),
    ('ja', 'rejected', '拒否'),
    ('ja', 'retrying', '再試行|再送|リトライ'),
    ('ja', 'message received', 'メッセージ(?:を)?(?:受信|受け取り)(?:しました)?|受信メッセージ'),
    ('ja', 'message', 'メッセージ'),
    ('ja', 'received', '(?:を)?受信(?:しました)?'),
    ('ja', 'disconnected', '(?:接続)?(?:が|を)?切断(?:しました|されました|完了|処理)?|接続(?:が|を)?(?:切れ|閉じ)(?:ました|られました)?|接続(?:が|を)?終了(?:しました)?|接続解除'),
    ('ja', 'new connection', '新しい接続|新規接続|新たな接続'),
    ('ja', 'connected', '[\[【]接続[\]】]|(?:^|[\s\]】])接続 ?[:：]|(?:が|に)?接続(?:を)?(?:しました|されました|完了|開始|確立|成功)(?:しました)?'
        '|接続(?:が|を)(?:確立|開始)(?:しました|されました)?'),
    ('ja', 'connection', '接続|コネクション'),
    ('ja', 'client', 'クライアント'),
    ('ja', 'user', 'ユーザー?'),
    ('ja', 'database', 'データベース'),
    ('ja', 'sent', '(?:を)?送信(?:しました|した|完了|済み|成功)'),
    ('ja', 'sending', '(?:を)?送信(?:中|します|しています|開始)?'),
    ('ja', 'saved', '(?:を)?保存(?:しました)?'),
    ('ja', 'deleted', '(?:を)?削除(?:しました)?'),
    -- Korean
    ('ko', 'no', '(?:연결|접속)된 [^\s\d]+ ?없[^\s:]*'),
    ('ko', 'from the queue', '큐에서'),
    ('ko', 'welcome message', '환영 ?메시지|웰컴 ?메시지|환영'),
    ('ko', 'no longer exists', '(?:이|가|은|는)? ?(?:더 ?이상|이미) ?없[^\s:]*|(?:이|가|은|는)? ?(?:더 ?이상|이미)? ?'
        '(?:존재하지 ?않[^\s:]*|유효하지 ?않[^\s:]*|연결[^\s:]* ?않[^\s:]*)|존재하지 ?않는'),
    ('ko', 'without', '(?:이|가|은|는)? ?없[^\s:]*'),
    ('ko', 'connection already closed', '연결이? 이미 (?:끊[^\s:]*|종료[^\s:]*|해제[^\s:]*)|이미 (?:끊어진|종료된) 연결'
        '|이미 [^\n.]{0,30}연결이? ?(?:끊|종료|해제)[^\s:]*'),
    ('ko', 'failed to send', '(?:전송|발송) ?(?:실패|오류|에러)|(?:을|를)? ?(?:전송하|발송하|보내)지 ?못[^\s:]*'),
    ('ko', 'error', '오류|에러|실패'),
    ('ko', 'rejected', '거부|거절'),
    ('ko', 'retrying', '재시도|재전송'),
    ('ko', 'message received', '(?:메시지|메세지)를? ?(?:수신|받음|받았[^\s:]*|도착)[^\s:]*|(?:수신|받은) ?(?:메시지|메세지)'),
    ('ko', 'message', '메시지|메세지'),
    ('ko', 'received', '수신[^\s:]*|받음|받았[^\s:]*'),
    ('ko', 'disconnected', '(?:연결|접속)(?:이|을|를)? ?(?:해제|종료|끊김|끊[어겼었음]|닫힘|닫혔)[^\s:]*(?: ?(?:성공|완료|처리))?|퇴장'),
    ('ko', 'new connection', '(?:새로운|새|신규) ?(?:연결|접속)(?: ?발생)?'),
    ('ko', 'connected', '[\[【]연결[\]】]|(?:^|[\s\]】])(?:연결|접속) ?[:：]|(?:연결|접속)(?:이|을|를)? ?(?:성공|완료|수립|시작|됨|되었|됐|했|하였)[^\s:]*|접속'),
    ('ko', 'connection', '연결|커넥션'),
    ('ko', 'client', '클라이언트가?|웹 ?소켓'),
    ('ko', 'user', '(?:사용자|유저)가?'),
    ('ko', 'database', '데이터베이스|디비'),
    ('ko', 'sent', '(?:전송|발송) ?(?:완료|성공|됨|했[^\s:]*|하였[^\s:]*|되었[^\s:]*)|(?:을|를)? ?(?:보냈[^\s:]*|보냄)'),
    ('ko', 'sending', '(?:전송|발송)(?: ?(?:중|시작|합니다))?|(?:을|를)? ?보내는 ?중'),
    ('ko', 'saved', '저장(?:됨|되었[^\s:]*|했[^\s:]*|완료)?'),
    ('ko', 'deleted', '(?:삭제|제거)(?:됨|되었[^\s:]*|했[^\s:]*|완료)?'),
    -- Chinese, simplified and traditional
    ('zh', 'no', '没有|沒有|未能?'),
    ('zh', 'from the queue', '从(?:消息)?队列(?:中)?|從(?:訊息)?佇列(?:中)?'),
    ('zh', 'welcome message', '欢迎(?:消息|信息)?|歡迎(?:訊息|消息)?'),
    ('zh', 'no longer exists', '已?(?:不存在|不再存在|失效|不可用)|已经(?:不存在|断开|失效)'),
    ('zh', 'failed to send', '(?:发送|推送|發送|推播)(?:消息|訊息)?(?:失败|失敗|错误|錯誤)'),
    ('zh', 'error', '错误|錯誤|失败|失敗'),
    ('zh', 'rejected', '拒绝|拒絕'),
    ('zh', 'retrying', '重试|重試'),
    ('zh', 'message received', '(?:收到|接收到?)(?:了)?(?:新)?(?:的)?(?:消息|訊息|信息)|(?:消息|訊息)(?:已)?(?:收到|接收)|新(?:消息|訊息)'),
    ('zh', 'message received from', '收到(?:来自|來自)'),
    ('zh', 'message', '消息|訊息'),
    ('zh', 'disconnected', '[连連][接线線](?:已)?(?:结束|結束|终止|終止)'
        '|(?:[连連][接线線])?(?:已|已经|已經)?(?:断开|斷開|断线|斷線|中断|中斷|关闭|關閉)(?:了)?(?:[连連][接线線])?|下线|下線|离线|離線'),
    ('zh', 'new connection', '新(?:的)?(?:用户|用戶|使用者)?(?:[连連][接线線]|客户端|客戶端)'),
    ('zh', 'connected', '[\[【][连連][接线線][\]】]|(?:^|[\s\]】])[连連][接线線] ?[:：]|接入成功|(?:已|已经|已經)(?:[连連][接线線]|连上|連上)'
        '|[连連][接线線](?:已)?(?:成功|建立|打开|打開)(?:成功)?|建立(?:了)? ?(?:web ?socket)? ?[连連][接线線]|已建立|上线|上線'),
    ('zh', 'connection', '[连連][接线線]'),
    ('zh', 'client', '客户端|客戶端'),
    ('zh', 'user', '用户|用戶|使用者'),
    ('zh', 'database', '数据库|數據庫|資料庫'),
    ('zh', 'sent', '已(?:成功)?(?:发送|推送|發送|推播)|已向|(?:发送|推送|發送|推播)(?:成功|完成|完毕|完畢|了)'),
    ('zh', 'sending', '(?:正在)?(?:发送|推送|發送|推播)中?'),
    ('zh', 'saved', '(?:已)?(?:保存|储存|儲存)'),
    ('zh', 'deleted', '(?:已)?(?:删除|刪除|移除)'),
    ('zh', ': ', '：')
) AS words(language, meaning, pattern);

-- ------------------------------------------------------------------------------------------ services

-- What a function connects to itself. Where none of these is named, the lack of an id and of a word for a client tells.
CREATE OR REPLACE TABLE service_names AS
FROM (VALUES
    ('database', 'databases?|db|replicas?|postgres\w*|my ?sql|maria ?db|sql(?: server)?|sqlite|oracle|dynamo(?: ?db)?|mongo\w*'
                 '|document ?db|cosmos(?: db)?|cassandra|scylla\w*|neptune|neo4j|redshift|aurora|rds(?: proxy)?|dax|timestream|influx\w*'
                 '|click ?house|snowflake|big ?query|firestore|firebase|supabase|planet ?scale|turso|neon|surreal ?db|couch(?: ?db|base)'
                 '|cockroach(?: ?db)?|prisma|knex|sequelize|type ?orm|mongoose|drizzle|hikari\w*|psycopg\w*|sql ?alchemy|pg|jdbc|odbc'),
    ('cache', '(?:io)?redis|valkey|memcached?|elasti ?cache|memory ?db|upstash|cache|dragonfly ?db'),
    ('search', 'elastic(?: ?search)?|open ?search|algolia|pinecone|weaviate|qdrant|milvus|solr'),
    ('broker', 'kafka|msk|amqp|rabbit ?mq|active ?mq|nats|mqtt|mosquitto|zoo ?keeper|etcd|consul|pulsar|broker|kinesis'
        '|sqs|sns|event ?bridge'
               '|service bus|event hubs?|pub/?sub|celery|back ?plane|queue'),
    ('file', 's?ftps?|smb|nfs|efs|s3|minio'),
    ('mail', 'smtp|imap|pop3|ses|sendgrid|mailgun'),
    ('directory', 'ldaps?|active directory|kerberos|cognito|okta|auth0'),
    ('telephony', 'twilio|vonage|plivo|whats ?app|sms'),
    ('model', 'open ?ai|anthropic|claude|bedrock|gemini|mistral|cohere|deepgram|eleven ?labs|assembly ?ai|whisper'
        '|transcribe|polly|azure openai|nova sonic|llm'),
    ('chat', 'slack|discord|zoom|telegram|facebook|instagram|twitter|linkedin|tiktok|mattermost|wechat|signal ?r'
        '|socket\.io server|pusher|ably|irc|xmpp|matrix'),
    ('automation', 'airbyte|fivetran|selenium|puppeteer|playwright|(?:web|browser) ?driver|(?:stun|turn) server'
        '|temporal|airflow|hasura|live ?kit|agora|media ?soup|janus|jitsi|device shadow'),
    ('market', '(?:market data|price|exchange|trading|ticker) (?:feed|stream)|binance|coinbase|kraken|alpaca|polygon'
        '|bitfinex|stripe|paypal|salesforce|shopify'),
    ('cloud', 'ssm|secrets ?manager|vault|appsync|app sync|io ?t(?: core)?|io ?t endpoint|step functions|sagemaker|eks|kubernetes|k8s'),
    ('telemetry', 'telemetry|collector|otel|otlp|x-?ray|jaeger|datadog|new relic|sentry|logstash|syslog|statsd|prometheus'),
    ('service', 'micro ?services?'
        '|(?:user|auth\w*|billing|payments?|inventory|orders?|accounts?|notifications?|partner|identity|profile'
        '|pricing) (?:service|api|gateway)'),
    ('net', 'ssh|tcp|tls|ssl|https?|http ?2|jmx|sip|rtsp|smpp|onnx|gremlin'
            '|axios|aiohttp|urllib\d?|load ?balancer|grpc|rpc|upstream|backend|proxy|sse|vpc|vpn'
        '|network|internet|wi-?fi|bluetooth|usb|serial|smart ?card'
            '|keep-?alive|pool|cluster|protocol'),
    -- and what else it opens a socket to, by names that stand in few other lines: enough to look for them where no id is named
    ('remote', 'infura|alchemy|quick ?node|moralis|bybit|okx|ku ?coin|upbit|deribit|bitstamp|finnhub|twelve ?data'
        '|interactive brokers|meta ?trader|twitch|obs'
               '|play ?fab|nakama|photon|centrifugo|soketi|emqx|hive ?mq|hazelcast|rethink ?db|arango ?db|fauna ?db'
               '|appwrite|asterisk|free ?switch|kurento|rtmp|rtsp'
               '|home assistant|browserless|devtools|headless|chromium|relaunch\w*|opc[ -]?ua|modbus|plc|speechmatics'
               '|soniox|cartesia|hume|vapi|retell|ollama|hugging ?face|comfy ?ui'
               '|open ?vpn|wire ?guard|roll ?back|savepoint|adb')
) AS names(kind, pattern);

-- ------------------------------------------------------------------------------------------ patterns

CREATE OR REPLACE TABLE vocabulary AS
FROM (SELECT -- in Latin letters: of other languages every letter tells
             string_agg(pattern, '|') FILTER (language NOT IN ('ru', 'ja', 'ko', 'zh')) AS foreign_words,
             -- those that make a line worth a look
             string_agg(pattern, '|') FILTER (meaning LIKE '%connect%' OR meaning IN (
                 'welcome message', 'no longer exists', 'message received', 'message received from', 'received')) AS foreign_signals
      FROM foreign_vocabulary),
     (SELECT map_from_entries(list((meaning, '(?i)(?:' || patterns || ')'))) AS translations
      FROM (SELECT meaning, string_agg(pattern, '|') AS patterns FROM foreign_vocabulary GROUP BY meaning)),
     (SELECT string_agg(pattern, '|') FILTER (kind <> 'remote') AS services,
             -- names that no client bears: enough to tell a line that names no connection
             string_agg(pattern, '|') FILTER (kind NOT IN ('net', 'file', 'mail', 'directory')) AS named_services
      FROM service_names);
