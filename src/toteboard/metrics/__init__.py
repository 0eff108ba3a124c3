"""What a process measures of itself: in memory, from its start on, and told as one frozen snapshot.

Plain integers, added to where the work is done and never on the way of others. /ops shows the snapshot (figures.py), and
whoever scrapes us reads the same one under the names of names.py.
"""
