"""The fault runs: a real run stopped at the Nth system call, mutated workbooks, a state machine, fuzzing.

Each has a short form in the test suite and a long one by name: `python -m tests.faults crash`, see README.
"""
