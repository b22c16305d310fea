"""What a change to an environment means, for the person who reviews it: from a preview and two plans to Markdown. Pure.

operations/preview_report.py gets the preview and the plans, operations/comment.py puts the text under a pull request.
"""
