"""Subjects: what can be put under test, one provider a file, all with one method."""
