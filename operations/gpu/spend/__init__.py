"""What rented machines have cost: facts read from the account, kept for ever, summed exactly.

A fact holds from its second on until the next one of the same machine; what is written later counts. All money is whole
micro-dollars, all time whole seconds since the epoch; days and months are those of UTC.
"""
