import sys
sys.exit(3)
# fails: main\.py:2: .*ends the process itself \(sys\.exit\(3\)\)
