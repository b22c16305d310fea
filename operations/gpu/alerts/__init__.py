"""Tells people by mail and webhook. An alert that cannot be told is loud here, and keeps nobody from stopping a VM."""
