"""Gets what a report on a change is made of: previews, plans of revisions, secrets that must not show."""
