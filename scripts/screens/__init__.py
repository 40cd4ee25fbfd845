"""The pictures of the docs, of the real page: the real server, the real browser, a model that says what is rehearsed.

    make screens
    make screens ARGS="talk approval"

The rules they keep: nothing is drawn by hand, what the pictures show is what `make serve` shows; and whatever would
differ from one day to the next (the time, ids, chance) is the same in each run.
"""
