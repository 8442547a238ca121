"""How much of what is private the watch finds, and how much it takes wrongly: `python benches/watch.py`.

The labelled sentences are tests/kernel/data/watch.tsv, our own, English and Spanish; what is private stands in them
as <kind:words>. Beside them the real words that residents of San Diego wrote, whose numbers and plates were taken out
before they were published: what is found there is counted, not judged. Prints one JSON line for each kind, and with
`--misses` what was missed and what was taken wrongly.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cityhall.kernel.watch import Private, private_words

HERE = Path(__file__).resolve().parent
LABELLED = HERE.parent / "tests" / "kernel" / "data" / "watch.tsv"
DATA = Path(os.environ.get("CITYHALL_REAL_DATA", HERE.parents[1] / "shared" / "data")) / "311"
REAL = DATA / "san_diego_getitdone_free_text_2025.jsonl"
_MARK = re.compile(r"<(\w+):([^>]+)>")


def labelled(path: Path = LABELLED) -> Iterator[tuple[str, str, set[tuple[Private, str]]]]:
    """Iterate over the sentences: language, text, and what is private in it."""
    for line in path.read_text(encoding="utf-8").splitlines():
        language, text = line.split("\t")
        yield language, _MARK.sub(r"\2", text), {(Private(kind), words) for kind, words in _MARK.findall(text)}


def main() -> None:
    """Run and print."""
    right: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    clean, alarms = Counter[str](), Counter[str]()
    for language, text, private in labelled():
        found = {(one.kind, one.words) for one in private_words(text)}
        for counts, part in ((right, found & private), (missed, private - found), (wrong, found - private)):
            for kind, words in part:
                counts.update([kind.value, language, "all"])
                if counts is not right and "--misses" in sys.argv:
                    print("missed" if counts is missed else "wrong", kind.value, words, "|", text, file=sys.stderr)
        if not private:
            clean[language] += 1
            alarms[language] += bool(found)
    for name in [*(kind.value for kind in Private), "en", "es", "all"]:
        hit, miss, bad = right[name], missed[name], wrong[name]
        row = {
            "set": name,
            "labelled": hit + miss,
            "recall": round(hit / (hit + miss), 3),
            "precision": round(hit / (hit + bad), 3) if hit + bad else None,
        }
        print(json.dumps(row))
    print(json.dumps({"sentences_without": dict(clean), "of_them_stopped": dict(alarms)}))
    if REAL.exists():
        texts = [json.loads(line)["text"] for line in REAL.read_text(encoding="utf-8").splitlines()]
        found_in = [(text, private_words(text)) for text in texts]
        print(json.dumps({"real_texts": len(texts), "with_something_found": sum(bool(found) for _, found in found_in)}))
        if "--misses" in sys.argv:
            for _, found in found_in:
                for one in found:
                    print("real", one.kind.value, one.words, file=sys.stderr)


if __name__ == "__main__":
    main()
