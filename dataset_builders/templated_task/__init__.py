"""Tasks written as one YAML file each, with templates and a scorer."""
