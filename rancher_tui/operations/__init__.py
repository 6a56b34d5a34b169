"""Operations: what is done with an install across areas: exported, run, kept, restored, adopted, handed over."""
