"""案卷: a dossier as one file that a court can read with standard tools, and that an empty system takes in again.

`exporting` writes a bundle, `checking` holds it against itself, `importing` restores it as a copy to be read;
`docs/dossier-bundle.md` describes the format. Equal state gives equal bytes.
"""
