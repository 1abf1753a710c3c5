"""What every stage shares: parameters, paths, tables, metrics files, whole-or-absent outputs."""
