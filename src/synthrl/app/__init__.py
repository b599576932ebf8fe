"""What stands on everything else: the way into `datasets`, and the command line."""
