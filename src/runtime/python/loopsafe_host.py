"""Serves an application for `loopsafe verify`: python loopsafe_host.py PLAN.json (src/runtime/host.c writes the plan).

This is the main module of the application's process. A child that multiprocessing starts imports it once more, so
everything stands behind the guard.
"""
if __name__ == "__main__":
    import os
    import sys

    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from loopsafe_run import run_plan

    sys.exit(run_plan(sys.argv[1]))
