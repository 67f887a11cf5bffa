"""What machines and chat channels get of a result: all of it follows from the one that the reports show."""
