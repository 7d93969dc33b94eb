"""Golden questions, measurements and the changes that wait for them."""
