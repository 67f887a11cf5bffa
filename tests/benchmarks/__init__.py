"""Benchmarks, run by hand: is a run fast, does its time grow linearly, and is its memory small? See README.md."""
