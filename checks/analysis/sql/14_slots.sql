-- Where in a sentence a user's words may stand: in quotation marks, behind a label, under a key of a record. (RE2: linear time.)

-- What ends a label: "Message: hello", "ann> hello", "text = hello".
CREATE OR REPLACE MACRO label_end() AS '(?:[:=>|]|-)\s+';
CREATE OR REPLACE MACRO sentence_key() AS '"(?:[mM]essage|msg|event|@mt?|RenderedMessage|M|short_message|text)"\s*:\s*"';
-- Each with what stands before the words, the words, and what stands behind them; the innermost first.
CREATE OR REPLACE MACRO slot_pattern(slot) AS CASE slot
    WHEN 1 THEN '(?s)^([^{"''`]*["''`])(.+)(["''`][^"''`]*)$'
    WHEN 2 THEN '(?s)^((?:[^{\n]*?' || label_end() || '){3})(\S.*)()$'
    WHEN 3 THEN '(?s)^((?:[^{\n]*?' || label_end() || '){2})(\S.*)()$'
    WHEN 4 THEN '(?s)^([^{\n]*?' || label_end() || ')(\S.*)()$'
    WHEN 5 THEN '(?s)^([^{]*\{.*?' || sentence_key() || '[^"\\{]*?' || label_end() || ')((?:[^"\\]|\\.)+)(".*)$'
    WHEN 6 THEN '(?s)^([^{]*\{.*?' || sentence_key() || ')((?:[^"\\]|\\.)+)(".*)$' END;
CREATE OR REPLACE MACRO with_words_as(mark, sentence, slot) AS CASE slot
    WHEN 1 THEN regexp_replace(sentence, slot_pattern(1), '\1' || mark || '\3')
    WHEN 2 THEN regexp_replace(sentence, slot_pattern(2), '\1' || mark || '\3')
    WHEN 3 THEN regexp_replace(sentence, slot_pattern(3), '\1' || mark || '\3')
    WHEN 4 THEN regexp_replace(sentence, slot_pattern(4), '\1' || mark || '\3')
    WHEN 5 THEN regexp_replace(sentence, slot_pattern(5), '\1' || mark || '\3')
    WHEN 6 THEN regexp_replace(sentence, slot_pattern(6), '\1' || mark || '\3') END;
-- Behind such a label stand a library's words, of which there are many, too.
CREATE OR REPLACE MACRO names_error(beginning) AS regexp_matches(beginning,
    '(?i)error|exception|fail|warn|critical|fatal|traceback|cause|reason|status|refus|reject|denied|unable|could ?n|can ?n|timed? ?out');
