"""What the AI says to customers and when it holds its tongue: pure rules and words. `ai.services.replying` puts them together."""
