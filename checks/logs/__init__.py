"""Where log events come from: every source fills a spool of JSON Lines and says what it read."""
