"""The one shape of a refusal in this package: a sentence in Chinese and the same in English.

Deliberately knows nothing of pages or forms; whoever catches it decides where it is shown.
"""


class CertificateError(Exception):
    """Something about a certificate that a person has to put right; ``str()`` is the Chinese."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh = zh
        self.en = en
