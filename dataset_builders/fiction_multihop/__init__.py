"""Multi-hop questions over fictional worlds."""
