"""One module per benchmark. Each offers `run(stage) -> Iterator[Figure]`."""
