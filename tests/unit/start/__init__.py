"""Tests of the start of the program."""
