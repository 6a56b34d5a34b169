"""The lab's `rke`: reads the real cluster file, works on the lab's hosts over SSH and Docker, talks like rke.

Started as `python -m rancher_tui.lab.rke LAB_FOLDER ARGUMENTS` by the lab's `rke` file. Order and wording follow
RKE v0.1.18 as observed; timing is the real one times the lab's pace.
"""
