"""Is a run of the checks fast, does its time grow linearly, and does it stay small? Run by hand; see README.md."""
