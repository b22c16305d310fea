"""The provider's resources for Pulumi programs in Python."""

from providers.certificates.sdk.authority import Authority
from providers.certificates.sdk.certificate import Certificate

__all__ = ["Authority", "Certificate"]
