"""The signed credential of a certificate: Open Badges 3.0 on W3C Verifiable Credentials 2.0.

Two ways of signing the same statement with Ed25519: as a JWT, made at issue, and with a Data
Integrity proof inside the JSON (`eddsa-rdfc-2022`), made on demand. Whoever has the file and the
issuer's public keys checks it without us; whether it was suspended or withdrawn since stands in a
signed list of bits. Deliberately without web, database or network: contexts lie beside the code.
"""
