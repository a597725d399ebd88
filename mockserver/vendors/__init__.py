"""The vendors: one folder each, with every word of that vendor's dialect and nothing else."""
