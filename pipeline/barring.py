"""What a child may never do, whatever a file makes its reader do: reach another machine, start or touch a program.

The kernel itself refuses the system calls (seccomp(2), a filter that lasts as long as the process). A kernel or a
processor without such filters changes nothing: none of this is ever done by what runs in a child, it only could not be
any more.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Sequence
from typing import NamedTuple


class Machine(NamedTuple):
    """A processor's number in linux/audit.h, and its numbers of the calls that are refused."""

    audit: int
    refused: tuple[int, ...]


# socket, connect, ptrace, execve, execveat; and io_uring_setup, which could do all of it by another way.
MACHINES = {
    "x86_64": Machine(0xC000003E, (41, 42, 101, 59, 322, 425)),
    "aarch64": Machine(0xC00000B7, (198, 203, 117, 221, 281, 425)),
}
# linux/prctl.h, linux/seccomp.h
_SET_SECCOMP, _SET_NO_NEW_PRIVS, _MODE_FILTER = 22, 38, 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
# linux/bpf_common.h: load a word, compare, answer. The number of a call stands at 0, the processor's at 4.
_LOAD, _EQUAL, _AT_LEAST, _ANSWER = 0x20, 0x15, 0x35, 0x06
_NUMBER, _PROCESSOR = 0, 4
# From here on the calls of a 64-bit processor are counted again, for programs of 32 bits.
_COUNTED_AGAIN = 0x40000000


class _Step(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint16), ("jump_if", ctypes.c_uint8), ("jump_else", ctypes.c_uint8),
                ("value", ctypes.c_uint32)]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint16), ("steps", ctypes.POINTER(_Step))]


def _filter(machine: Machine) -> Sequence[_Step]:
    """The program that the kernel asks at each call: its last step refuses, the one before allows."""
    tests = [(_AT_LEAST, _COUNTED_AGAIN), *((_EQUAL, number) for number in machine.refused)]
    left = range(len(tests), 0, -1)
    steps = [(_LOAD, 0, 0, _PROCESSOR), (_EQUAL, 0, len(tests) + 2, machine.audit), (_LOAD, 0, 0, _NUMBER),
             *((code, distance, 0, value) for (code, value), distance in zip(tests, left, strict=True)),
             (_ANSWER, 0, 0, _ALLOW), (_ANSWER, 0, 0, _REFUSE)]
    return (_Step * len(steps))(*steps)


def bar() -> bool:
    """Bar this process, and all that it may fork, for good; whether the kernel does so."""
    machine = MACHINES.get(os.uname().machine)
    # A Python of 32 bits on such a processor counts its calls as that of another.
    if machine is None or sys.maxsize < 1 << 32:
        return False
    steps = _filter(machine)
    try:
        control = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return False
    program = ctypes.byref(_Program(len(steps), steps))
    # Without the right to filter others, a process may filter itself once it has given up ever gaining rights.
    return control(_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 and control(_SET_SECCOMP, _MODE_FILTER, program) == 0
