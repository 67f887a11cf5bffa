-- The patterns of the vocabulary as variables, from which the grammar takes them. (To DuckDB they are constants, which it prepares once.)
-- Reads vocabulary; sets the variables translations (meaning -> pattern), foreign_words, foreign_signals, services and named_services.
SET VARIABLE foreign_words = (SELECT foreign_words FROM vocabulary);
SET VARIABLE foreign_signals = (SELECT foreign_signals FROM vocabulary);
SET VARIABLE translations = (SELECT translations FROM vocabulary);
SET VARIABLE services = (SELECT services FROM vocabulary);
SET VARIABLE named_services = (SELECT named_services FROM vocabulary);
