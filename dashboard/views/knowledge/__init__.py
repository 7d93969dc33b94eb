"""The team's pages of the knowledge: articles, imports, gaps, categories, the help centre's settings."""
