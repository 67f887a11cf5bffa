"""The HTML report: what a person reads. Everything in it derives from the frozen result, and is escaped."""
