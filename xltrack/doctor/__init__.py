"""Everything the buttons need on a computer, looked at one by one."""

from xltrack.doctor.examination import Examined, Verdict
from xltrack.doctor.rounds import doctor

__all__ = ["Examined", "Verdict", "doctor"]
