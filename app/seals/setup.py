"""Which seals an installation uses, from its settings."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from app.crypto import KeyRing
from app.seals.ca import Authority, AuthorityMissing
from app.seals.none import PaperSeal
from app.seals.provider import ProviderName, SealProvider
from app.seals.validate import Root, SealKind
from app.settings import SealSettings


@dataclass(frozen=True)
class SealSetup:
    """The provider of an installation and the authorities it believes. `folder` holds the own authority's files."""

    settings: SealSettings
    folder: Path
    keys: KeyRing

    @cached_property
    def authority(self) -> Authority:
        """The installation's own authority, whether it seals or not: sheets sealed before are checked with it."""
        return Authority(self.folder, self.keys)

    @property
    def name(self) -> ProviderName:
        """Who seals."""
        return self.settings.provider

    @cached_property
    def provider(self) -> SealProvider:
        """Who seals, ready to be asked."""
        if self.name == "local":
            from app.seals.pades import LocalSeal

            return LocalSeal(self.authority)
        if self.name == "platform":
            from app.seals.http import PlatformSeal

            return PlatformSeal(self.settings, platform_roots(self.settings))
        return PaperSeal()

    @property
    def roots(self) -> tuple[Root, ...]:
        """Every authority whose seals are believed: the own one and the platform's. Damaged files are left out."""
        found = []
        try:
            if self.authority.exists:
                found.append(Root(self.authority.root().der, SealKind.DEMONSTRATION))
        except AuthorityMissing:
            pass
        return (*found, *platform_roots(self.settings))


def platform_roots(settings: SealSettings) -> tuple[Root, ...]:
    """The authorities of the platform, from the file that the settings name; none where it cannot be read."""
    if settings.roots_file is None:
        return ()
    try:
        certificates = x509.load_pem_x509_certificates(settings.roots_file.read_bytes())
    except (OSError, ValueError):
        return ()
    return tuple(Root(one.public_bytes(Encoding.DER), SealKind.STATUTORY) for one in certificates)
