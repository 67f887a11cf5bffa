CREATE OR REPLACE MACRO redacted(message) AS message;
