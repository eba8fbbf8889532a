"""Backup and restore of one installation: database and stored files, in one file that counts.

A backup is a tar of `manifest.json`, the database's own dump, and the stored files. It never holds
a key or password of the installation: without IDENTITY_KEY the identity numbers in it stay closed,
so keys have to be kept elsewhere, and kept.
"""

from app.backup.making import Made, make_backup, prune
from app.backup.manifest import BackupError, Manifest
from app.backup.restoring import Restored, restore_backup

__all__ = [
    "BackupError",
    "Made",
    "Manifest",
    "Restored",
    "make_backup",
    "prune",
    "restore_backup",
]
