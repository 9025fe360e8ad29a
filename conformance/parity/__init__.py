"""API parity: does an implementation offer what a published reference says?"""
