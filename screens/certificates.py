"""Step 7: the certificate chain, its key and its CA."""

from __future__ import annotations

from screens.form_screen import FormScreen


class CertificatesScreen(FormScreen):
    """Three files, and what they hold."""

    PLACE = "certificates"
