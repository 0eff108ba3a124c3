"""Which identity providers this process has, by name. Knows the settings and the providers, nothing of a check."""

from toteboard.kyc.desk import Desk
from toteboard.kyc.provider import Provider
from toteboard.kyc.sandbox import SandboxProvider
from toteboard.kyc.signature import SECRET_MIN
from toteboard.settings import SettingRefused, Settings


def providers(settings: Settings) -> dict[str, Provider]:
    """The desk, and the sandbox where it has an address. Raises SettingRefused for a secret too short to be one."""
    found: dict[str, Provider] = {"desk": Desk()}
    if settings.kyc_sandbox_url:
        if len(settings.kyc_sandbox_secret) < SECRET_MIN:
            raise SettingRefused(f"TOTEBOARD_KYC_SANDBOX_SECRET has to have at least {SECRET_MIN} characters")
        found["sandbox"] = SandboxProvider(settings.kyc_sandbox_url, settings.kyc_sandbox_secret)
    return found
