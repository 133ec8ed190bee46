"""The first password of an account: made by the system, told once, to be changed at the first sign-in."""

import secrets

#: Without signs that are mistaken for one another when read aloud or copied by hand.
_GROUPS = ("ABCDEFGHJKMNPQRSTUVWXYZ", "abcdefghjkmnpqrstuvwxyz", "23456789")
_LENGTH, _PART = 16, 4


def initial_password() -> str:
    """A random password that both policies allow: four groups of four signs, of three kinds, with hyphens between."""
    signs = [secrets.choice(group) for group in _GROUPS]
    signs += [secrets.choice("".join(_GROUPS)) for _ in range(_LENGTH - len(signs))]
    secrets.SystemRandom().shuffle(signs)
    return "-".join("".join(signs[start : start + _PART]) for start in range(0, _LENGTH, _PART))
