"""Pages of channels that no channel has for itself."""
