"""Homebrew: formulae and taps (what can be had), kegs and links (what is there), and the subcommands of brew.

Behaviour as in Homebrew/brew, Library/Homebrew, 6.0.
"""
