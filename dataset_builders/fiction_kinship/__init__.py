"""fiction_kinship: who is related how to whom, in families that do not exist; see README.md."""
