"""count-results.py FILE: prints "passed failed skipped" of a JUnit file that meson wrote."""
import re
import sys
import xml.etree.ElementTree as tree

# meson writes down what a test printed as it is; XML 1.0 (2.2) has no control characters.
with open(sys.argv[1], encoding='utf-8', errors='replace') as f:
    text = re.sub('[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]', ' ', f.read())
passed = failed = skipped = 0
for case in tree.fromstring(text.encode()).iter('testcase'):
    kinds = {child.tag for child in case}
    if kinds & {'failure', 'error'}:
        failed += 1
    elif 'skipped' in kinds:
        skipped += 1
    else:
        passed += 1
print(passed, failed, skipped)
