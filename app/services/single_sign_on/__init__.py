"""统一身份认证: signing in through an OpenID Connect provider. Accounts are linked, never made here."""
