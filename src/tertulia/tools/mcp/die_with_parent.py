"""A program of its own, standard library only: becomes another one that ends when the process which started it does.

Called as `python -I -S die_with_parent.py PARENT COMMAND ARGS…`. A server that is killed cannot end its children; the
kernel can (Linux). Elsewhere a child has to notice that its standard input has ended, as the protocol says it should.
"""

import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    """Ask the kernel, then become the program."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - of no use elsewhere

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it has ended before the kernel knew
            sys.exit(1)
    try:
        os.execvp(command[0], command)  # noqa: S606 - this is what it is for
    except OSError as error:
        sys.exit(f"{command[0]} cannot be run: {error.strerror}.")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
