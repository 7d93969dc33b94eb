"""Measuring the engine on labelled sets: readers, measures and one module for each task. Fits on training parts only."""
