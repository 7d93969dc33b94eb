"""What is read of AI's tables."""
