"""Benchmarks, run by hand: is a run fast, does its time grow linearly, and does it stay small? See README.md."""
