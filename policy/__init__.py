"""What no environment of this platform may be, whoever wrote it: rules over resources. Pure.

`scripts/preview-report` applies them to every preview; `policy/pack` gives them to the engine as a policy pack.
"""
