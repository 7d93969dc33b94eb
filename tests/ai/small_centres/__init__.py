"""Three small help centres and short questions to them, half of which they do not answer; made up for the tests."""
