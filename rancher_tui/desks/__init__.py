"""An open session, topic by topic, as the screens call it: one desk a topic, made by `open_session`."""
