"""The least that Prefect's flow can be: `python -m tests.bench.bare`."""

from prefect import flow


@flow
def bare() -> int:
    """Nothing."""
    return 1


if __name__ == "__main__":
    bare()
