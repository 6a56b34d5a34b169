"""Step 5: the template: where TLS ends and whose CA signed."""

from __future__ import annotations

from screens.form_screen import FormScreen


class TemplateScreen(FormScreen):
    """Which template."""

    PLACE = "template"
