"""Proofs about rule packs, for all inputs instead of samples, by an SMT solver (extra `proof`).

- `inputs` and `meaning` say in logic what facts are and what the rules of a pack mean, from the three sentences.
- `forms`, `source_form` and `plane_form` say what the lowered pack, the generated Python and the plane program compute.
- `properties` proves what every pack must satisfy; `strictness` compares two packs.
- `witnesses` turns what the solver finds into release files, made as small as they go and replayed.

Nothing here is imported by a decision.
"""
