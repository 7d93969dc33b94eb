"""Live updates: committed events carried to the sockets that may see them, without loss and in order."""
