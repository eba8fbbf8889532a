"""The register: what becomes of a certificate after its issue, as a dated ledger.

Suspending, reinstating, cancelling and withdrawing with the holder's right to reply and to appeal;
reminders before the expiry; and the checker that finds records that cannot be. Issuing belongs to
`app/awards`, renewal and replacement to `app/renewal`, which enter their line through `ledger`.
Nothing is imported here, so that the ledger can be used from below this package's pages.
"""
