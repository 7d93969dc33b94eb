"""Reads of what the company knows."""
