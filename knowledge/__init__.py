"""What the company knows: articles and their public help centre, imported files and pages, and the search over all of it."""
