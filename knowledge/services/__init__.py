"""Writes to what the company knows."""
