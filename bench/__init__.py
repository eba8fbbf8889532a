"""Load and speed, each runnable by one command: `python -m bench.bank`, `python -m bench.sitting`.

Figures are ratios within one run or CPU seconds, never wall-clock limits: machines are noisy.
"""
