-- A tournament's identity provider is a name; which names there are, the program knows (kyc/registry.py).

ALTER TABLE tournaments DROP CONSTRAINT tournaments_kyc_provider_check;
ALTER TABLE tournaments ADD CONSTRAINT tournaments_kyc_provider_check CHECK (kyc_provider ~ '^[a-z][a-z0-9_]{0,39}$');
