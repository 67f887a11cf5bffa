-- The slots of a sentence where a user's words may be: in quotation marks, behind a label, under a key of a record. (RE2: linear time.)

-- The end of a label: "Message: hello", "ann> hello", "text = hello".
CREATE OR REPLACE MACRO label_end() AS '(?:[:=>|]|-)\s+';
CREATE OR REPLACE MACRO sentence_key() AS '"(?:[mM]essage|msg|event|@mt?|RenderedMessage|M|short_message|text)"\s*:\s*"';
-- Each pattern captures what precedes the words, the words, and what follows them. The innermost slot comes first.
CREATE OR REPLACE MACRO in_quotation() AS '(?s)^([^{"''`]*["''`])(.+)(["''`][^"''`]*)$';
CREATE OR REPLACE MACRO behind_labels(number) AS '(?s)^((?:[^{\n]*?' || label_end() || '){' || number || '})(\S.*)()$';
CREATE OR REPLACE MACRO behind_label_in_record() AS
    '(?s)^([^{]*\{.*?' || sentence_key() || '[^"\\{]*?' || label_end() || ')((?:[^"\\]|\\.)+)(".*)$';
CREATE OR REPLACE MACRO in_record() AS '(?s)^([^{]*\{.*?' || sentence_key() || ')((?:[^"\\]|\\.)+)(".*)$';
-- What a logger puts before each of its lines is not a label, however many sentences follow it: a name from the code, the fields of logfmt.
-- (What is beyond doubt a logger's has been cut off before.)
CREATE OR REPLACE MACRO is_of_logger(beginning) AS regexp_matches(beginning,
    '^(?:\d+ --- (?:\[[^\]\n]*\] ?)*)?(?:[\w$]+(?:(?:\.|::)[\w$]+)+'
    '|[\w-]+[_-](?:handler|service|server|api|lambda|worker))\s*[:|-]\s+$|^\d+ --- $'
    '|^(?:time|ts|t|level|lvl)=(?:["'']$|\S+ (?:\S+ )*msg=["'']$)');
CREATE OR REPLACE MACRO slot_pattern(slot) AS CASE slot
    WHEN 1 THEN in_quotation() WHEN 2 THEN behind_labels(3) WHEN 3 THEN behind_labels(2) WHEN 4 THEN behind_labels(1)
    WHEN 5 THEN behind_label_in_record() WHEN 6 THEN in_record() END;
CREATE OR REPLACE MACRO with_words_as(mark, sentence, slot) AS list_transform([sentence], lambda said: CASE slot
    WHEN 1 THEN regexp_replace(said, in_quotation(), '\1' || mark || '\3')
    WHEN 2 THEN regexp_replace(said, behind_labels(3), '\1' || mark || '\3')
    WHEN 3 THEN regexp_replace(said, behind_labels(2), '\1' || mark || '\3')
    WHEN 4 THEN regexp_replace(said, behind_labels(1), '\1' || mark || '\3')
    WHEN 5 THEN regexp_replace(said, behind_label_in_record(), '\1' || mark || '\3')
    WHEN 6 THEN regexp_replace(said, in_record(), '\1' || mark || '\3') END)[1];
-- Whether a label announces an error. It is followed by a library's words, which are many, too.
CREATE OR REPLACE MACRO names_error(beginning) AS regexp_matches(beginning,
    '(?i)error|exception|fail|warn|critical|fatal|traceback|cause|reason|status|refus|reject|denied|unable|could ?n|can ?n|timed? ?out');
